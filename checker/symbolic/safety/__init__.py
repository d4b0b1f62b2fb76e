"""Safety with z3: shortest runs to what must not be, and proofs that there is none."""
