"""How fast the native engine is, beside other explicit-state checkers on the same models."""
