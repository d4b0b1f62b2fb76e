"""`check certificate`: is what a proof wrote a proof, and of this spec?"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from checker import certificate
from checker.cli.arguments import color_option
from checker.cli.output import say
from checker.cli.solved import NO_STEP_FAILS
from checker.cli.terminal import style
from checker.diagnostics import UsageError
from checker.render.style import GREEN, RED
from checker.symbolic.relation import STEPS
from checker.verdict import HOLDS, INCOMPLETE


@click.command("certificate")
@click.argument("file", type=click.Path(path_type=Path))
@color_option
def command(file: Path) -> int:
    """Check the certificate FILE against the spec as it is now, and its obligations with cvc5."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from error
    found, shown = certificate.check(text), style(sys.stdout)
    given = " ".join(f"{name}={value}" for name, value in found.header.settings.items())
    say(f"{found.header.spec}  {given}")
    if found.refused:
        say("\n".join(f"{shown.paint('✗ refused', RED)}  {reason}" for reason in found.refused))
        say("it proves nothing (exit 20)")
        return INCOMPLETE
    say(f"{shown.paint('✓', GREEN)} it is about this spec: the same files, the same model, the same obligations")
    say(f"{shown.paint('✓', GREEN)} {found.obligations} obligations met, says {found.solver} ({found.seconds:.1f} s)")
    proved = [NO_STEP_FAILS if claim == STEPS else claim for claim in found.claims]
    say("\n".join(f"{shown.paint('✓', GREEN)} proved  {name}" for name in proved) or "it claims nothing (exit 20)")
    return HOLDS if found.claims else INCOMPLETE
