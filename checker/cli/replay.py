"""`check replay`: take the steps of a trace again, print them, exit with the verdict they lead to."""
