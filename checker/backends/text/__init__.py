"""A model as Python text: the engine that searches small and middling state spaces."""
