"""neon's pagestream pipeline; `check page_service`."""
