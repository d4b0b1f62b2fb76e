"""Exploring the states of a model."""
