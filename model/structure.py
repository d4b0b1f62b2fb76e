"""What a spec file is made of: specs, blocks, their parameters, and the verdicts expected of them."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from model.placeholder import NotExecutable, Placeholder, written


class Expect:
    """One row of `EXPECTED`: the verdict at these settings, and the counts pinned for it.

    `verdict` is `holds`, the kind of the first finding, or `incomplete`. Counts are those after the passes;
    `check expected SPEC --update-expected` rewrites them. `violated` names the liveness properties that do not hold, if
    that is pinned: a search that stops at its first finding does not get to them.
    """

    def __init__(
        self,
        verdict: Literal[
            "holds",
            "incomplete",
            "invariant",
            "action property",
            "assertion",
            "range",
            "ownership",
            "deadlock",
            "orphan",
            "hostage",
            "progress",
            "leads_to",
            "eventually",
            "always_eventually",
        ],
        *,
        states: int | None = None,
        transitions: int | None = None,
        depth: int | None = None,
        violated: tuple[str, ...] | None = None,
        **settings: object,
    ) -> None:
        self.verdict = verdict
        self.states = states
        self.transitions = transitions
        self.depth = depth
        self.violated = violated
        self.settings = settings

    def __repr__(self) -> str:
        counts = {"states": self.states, "transitions": self.transitions, "depth": self.depth}
        return written("Expect", self.verdict, **self.settings, **counts, violated=self.violated)


class Spec:
    """A model to be checked: parameters, state, actors or tasks, properties, `EXPECTED`.

    Read as source and compiled at one parameter set; never run. `NotExecutable` on an attempt to make one.
    """

    EXPECTED: ClassVar[tuple[Expect, ...]] = ()

    def __new__(cls, *_args: object, **_named: object) -> Spec:
        raise NotExecutable(f"{cls.__name__}()")


class Block:
    """A reusable part: parameters, fields, methods, awaitables and tasks; may contain blocks.

    Used as a field of a spec or block: `batches = FoldChannel(Batch)`. Parameters in order or by name.
    """

    key: Any = Placeholder("self.key")
    """The block's key in the Map it is declared in, of type `Key`."""

    def __init__(self, *parameters: object, **named: object) -> None:
        self._text = written(type(self).__name__, *parameters, **named)

    def __repr__(self) -> str:
        return self._text


class _Param(Placeholder):
    def __set_name__(self, owner: type, name: str) -> None:
        self._text = name


def param(*domain: object, default: object = None, unbounded: bool = False) -> Any:
    """Declare a parameter, set with `--set name=value`, fixed before the spec is compiled.

    `domain` is `Int(lo, hi)`, `Bool()` or the strings it may be; a spec's parameter needs a `default`. In a block also
    `Type`, `Function` or another block. Conditions over parameters are decided at compile time, and code
    under a false one does not exist. May be used in bounds: `Int(0, clients - 1)`. A number marked `unbounded` is
    proved for all its values from the least on, unless `--set` gives one.
    """
    return _Param(written("param", *domain, default=default, unbounded=unbounded or None))


def excludes(**settings: object) -> None:
    """Forbid a combination of parameter values, in the class body: `excludes(client="lock", scenario="none")`.

    Choosing it is a usage error that names all of them.
    """
