"""The model as terms of z3: transition system, bounded search for counterexamples, proofs of invariants."""
