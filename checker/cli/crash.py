"""What becomes of exceptions at the very top: a user's mistake is explained, ours asks to be reported."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback
from pathlib import Path
from types import TracebackType

import click

from checker.cli.terminal import style
from checker.diagnostics import SpecError, UsageError
from checker.render.problems import render_diagnostics
from checker.render.style import RED

USAGE, SPEC_WRONG, OUR_BUG, INTERRUPTED, BROKEN_PIPE = 2, 150, 255, 130, 141


class ExitCode:
    """A context that turns every exception into an exit code, `code`, and a message on standard error.

    It is the one place that catches everything: whatever is no user's mistake is our bug (255), and its traceback
    goes to a file that the message names.
    """

    def __init__(self) -> None:
        self.code = 0

    def __enter__(self) -> ExitCode:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if error is not None:
            self.code = explain_failure(error)
        return True


def explain_failure(error: BaseException) -> int:
    """Say on standard error what went wrong and return the exit code for it."""
    match error:
        case click.exceptions.Exit():
            return error.exit_code
        case click.ClickException():
            return _usage(f"{error.format_message()}{_hint(error)}")
        case click.Abort() | KeyboardInterrupt():
            click.echo("interrupted", err=True)
            return INTERRUPTED
        case UsageError():
            return _usage(str(error))
        case SpecError():
            click.echo(render_diagnostics(error.diagnostics, style(sys.stderr)), err=True)
            return SPEC_WRONG
        case BrokenPipeError():
            _abandon_output()  # the reader left: `check … | head`
            return BROKEN_PIPE
        case OSError(errno=errno.ENOSPC | errno.EIO | errno.EBADF, filename=None):
            _abandon_output()
            return _usage(f"cannot write the output: {error.strerror}")
        case SystemExit():
            return error.code if isinstance(error.code, int) else 1
        case _:
            click.echo(_report_request(error), err=True)
            return OUR_BUG


def _abandon_output() -> None:
    """Nothing may be flushed at exit to where it cannot go."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _usage(message: str) -> int:
    click.echo(f"{style(sys.stderr).paint('error:', RED, bold=True)} {message}", err=True)
    return USAGE


def _hint(error: click.ClickException) -> str:
    """Name the command whose help says more; the default command's is that of the whole."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = "check" if context is None else context.command_path.replace("check check", "check")
    return f" ({path} --help)"


def _report_request(error: BaseException) -> str:
    text = "".join(traceback.format_exception(error))
    summary = f"internal error: {type(error).__name__}: {error}"
    try:
        path = _write(text)
    except OSError:
        return f"{summary}\n{text}this is a bug in knotcheck, not in your spec: please report it"
    return (
        f"{summary}\nthis is a bug in knotcheck, not in your spec: please report it with {path} and the command\n"
        f"  check {' '.join(sys.argv[1:])}"
    )


def _write(text: str) -> Path:
    handle, name = tempfile.mkstemp(prefix="knotcheck-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return Path(name)
