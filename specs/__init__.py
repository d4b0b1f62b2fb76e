"""The catalogue: each file is an example, and a test by its `EXPECTED`."""
