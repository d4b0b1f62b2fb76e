"""Inductive invariants: a sample of states, statements true in all of it, and the most that imply each other."""
