"""Options as the words of a command line that gives them: what a line to reproduce a check ends with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from checker.engine.memory import size_text
from checker.options import Options

CALLED = {"go_on": "all", "properties": "property"}  # on the command line, where that is not the option's own name


def flags(options: Options) -> tuple[str, ...]:
    """Return the words for every option that is not at its default: `--oblige compute --max-states 1000`."""
    return tuple(_words(options))


def _words(options: Options) -> Iterator[str]:
    for option in fields(options):
        value = getattr(options, option.name)
        if value == option.default:
            continue
        flag = f"--{CALLED.get(option.name, option.name.replace('_', '-'))}"
        match value:
            case bool():
                yield flag
            case tuple():
                yield from (word for item in value for word in (flag, item))
            case int() if option.name == "max_memory":
                yield from (flag, size_text(value))
            case float():
                yield from (flag, f"{value:g}")
            case _:
                yield from (flag, str(value))
