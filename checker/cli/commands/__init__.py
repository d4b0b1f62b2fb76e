"""The commands beside `check`, one a module; each has a `command`. Loaded when it is called."""
