"""What the terminal can show: its width, colour or not."""

from __future__ import annotations

import os
import shutil
from typing import TextIO

import click

from checker.render.style import Style

PIPE_WIDTH = 120  # where there is no terminal: logs are read in wide windows
LEAST, MOST = 60, 160


def style(stream: TextIO) -> Style:
    """Return how to write to `stream`: no colour in a pipe, with NO_COLOR set, or after `--no-color`."""
    if not stream.isatty():
        return Style(PIPE_WIDTH, color=False)
    width = shutil.get_terminal_size().columns
    return Style(min(max(width, LEAST), MOST), color=wants_color())


def wants_color() -> bool:
    context = click.get_current_context(silent=True)
    if context is not None and context.color is False:
        return False
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
