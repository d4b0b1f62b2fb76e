"""`check replay`: take the steps of a trace again, print them, exit with the verdict they lead to."""

from __future__ import annotations

import sys

import click

from checker.cli.arguments import color_option, parse_settings, set_option, spec_argument
from checker.cli.output import say
from checker.cli.terminal import style
from checker.diagnostics import UsageError
from checker.engine.replay import NotATrace, replay as replay_trace
from checker.frontend import compile_expression, load
from checker.interp import Interpreter
from checker.ir.domains import show
from checker.ir.nodes import Expr, Model, State
from checker.machine import Undefined
from checker.render.text import render_trace
from checker.trace import Trace


@click.command()
@spec_argument
@set_option
@click.option("--trace", "code", required=True, metavar="TRACE", help="As printed under a counterexample: 0/3/1.2/4")
@click.option("--eval", "texts", multiple=True, metavar="EXPR", help="Print EXPR in every state. Repeatable.")
@color_option
def replay(spec: str, settings: tuple[str, ...], code: str, texts: tuple[str, ...]) -> int:
    """Take the steps of TRACE again and print them."""
    given = parse_settings(settings)
    model = load(spec, given)
    try:
        trace = Trace.parse(code)
    except ValueError:
        raise UsageError(f"--trace {code}: a trace looks like 0/3/1.2/4") from None
    try:
        replayed = replay_trace(model, trace)
    except NotATrace as error:
        raise UsageError(f"--trace {code} is no trace of this spec at these parameters: {error}") from None
    expressions = [(text, compile_expression(spec, given, text)) for text in texts]
    notes = [evaluated(model, expressions, state) for state in replayed.states] if texts else []
    say("\n".join(render_trace(model, trace, replayed.states, style(sys.stdout), notes=notes)))
    return 0


def evaluated(model: Model, expressions: list[tuple[str, Expr]], state: State) -> str:
    """Return `text = value` of every expression in `state`."""
    machine = Interpreter(model)
    parts = []
    for text, expr in expressions:
        try:
            parts.append(f"{text} = {show(expr.type, machine.evaluate(expr, state))}")
        except Undefined as error:
            parts.append(f"{text} has no value: {error.message}")
    return "   ".join(parts)
