"""What makes something else out of a model: code that runs faster, another tool's language."""
