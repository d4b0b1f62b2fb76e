"""Passes: model to model, each shrinking the state space without changing any verdict."""
