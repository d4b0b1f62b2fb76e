"""`python -m checker` is the command `check`."""

from checker.cli import main

main()
