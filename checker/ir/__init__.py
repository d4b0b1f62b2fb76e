"""The intermediate representation: finite types, expressions, statements, actions, models."""
