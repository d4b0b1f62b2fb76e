"""Models written in other languages: TLA+."""
