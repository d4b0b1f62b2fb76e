"""`check export`: a spec for other tools."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from checker.cli.arguments import color_option, parse_settings, set_option, spec_argument
from checker.cli.output import say, write_text
from checker.diagnostics import UsageError
from checker.export.module import export
from checker.models import describe, load


@click.command("export")
@spec_argument
@set_option
@click.option("--tla", "folder", metavar="DIR", required=True, help="Write a TLA+ module and its .cfg into DIR.")
@color_option
def command(spec: str, settings: tuple[str, ...], folder: str) -> int:
    """Write SPEC, at one parameter set, as a TLA+ module for TLC and Apalache."""
    model = load(spec, parse_settings(settings))
    words = ["check", "export", spec, *(word for setting in settings for word in ("--set", setting)), "--tla", folder]
    exported = export(model, source=shlex.join(words), about=describe(spec).doc)
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror}") from error
    for suffix, text in ((".tla", exported.module), (".cfg", exported.config)):
        say(write_text(str(Path(folder, exported.name + suffix)), text)[0])
    return 0
