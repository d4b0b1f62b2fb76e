"""Liveness under fairness: what should happen does, unless a fair behaviour exists in which it never does."""
