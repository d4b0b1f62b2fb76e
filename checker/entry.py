"""The API for Python: specs as classes or as the command names them, parameters as keyword arguments."""

from __future__ import annotations

import inspect
from pathlib import Path

from checker.api import check_model
from checker.diagnostics import UsageError
from checker.engine.replay import Replay
from checker.engine.replay import replay as replay_model
from checker.engine.simulate import Walk, walks
from checker.info import shown_path
from checker.interp import Interpreter
from checker.ir.nodes import Model
from checker.models import load
from checker.options import Options
from checker.report import Report
from checker.trace import Trace


def check(spec: type | str, /, *, options: Options | None = None, **params: object) -> Report:
    """Check `spec` at these parameters; the others have their defaults.

    `spec` is a class derived from `model.Spec`, a name of the catalogue, or `path.py[:Name]`. It is compiled from its
    source, even when it is given as a class.

    Raises UsageError for an unknown spec, parameter or value, SpecError for a spec that is wrong.
    """
    settings = [(name, str(value)) for name, value in params.items()]
    return check_model(compiled(spec, **params), options=options, spec=target(spec), settings=settings)


def replay(spec: type | str, trace: Trace | str, /, **params: object) -> Replay:
    """Take the steps of `trace` (as a report prints it: `0/12/7.1/3`) again; return the states it goes through.

    Raises what `check` raises, ValueError for what is no trace, NotATrace for a trace that is none of this spec.
    """
    model = compiled(spec, **params)
    return replay_model(model, Trace.parse(trace) if isinstance(trace, str) else trace)


def simulate(spec: type | str, /, *, count: int = 100, depth: int = 100, seed: int = 0, **params: object) -> list[Walk]:
    """Return `count` random walks of at most `depth` steps. They may end in a failure; they never prove anything.

    Raises what `check` raises.
    """
    return list(walks(Interpreter(compiled(spec, **params)), count=count, depth=depth, seed=seed))


def compiled(spec: type | str, /, **params: object) -> Model:
    """Return the model of `spec` at these parameters."""
    return load(target(spec), {name: str(value) for name, value in params.items()})


def target(spec: type | str) -> str:
    """Return how the command would name `spec`: a class is `path.py:Name`.

    Raises UsageError for a class that is not at the top level of a file: there is no source to read.
    """
    if isinstance(spec, str):
        return spec
    try:
        file = inspect.getsourcefile(spec)
    except (TypeError, OSError):  # built-in, or defined at a prompt
        file = None
    if file is None or spec.__qualname__ != spec.__name__:
        raise UsageError(f"`{spec.__qualname__}` is not at the top level of a file: its source cannot be read")
    return f"{shown_path(Path(file))}:{spec.__name__}"
