"""A model as machine code: the engine for large state spaces."""
