"""The command `check`: arguments to options, results to text, and the exit code. Nothing else prints or exits."""

from checker.cli.app import main, run

__all__ = ["main", "run"]
