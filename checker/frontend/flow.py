"""Control flow of one activity: nodes of straight-line code, joined by branches and waits.

`straighten` turns what lies between two waits back into nested statements: the atomic step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias, assert_never

from checker.diagnostics import Diagnostic
from checker.frontend.context import Reject
from checker.frontend.limits import MAX_INDENT, MAX_PATHS
from checker.ir.nodes import FALSE, Assert, Assign, Conjunct, Const, Duty, Expr, Fault, If, Stmt, Var
from checker.ir.walk import written
from checker.loc import NOWHERE, Loc
from checker.passes.simplify import fold, stored


@dataclass(eq=False, slots=True)
class Node:
    statements: list[Stmt] = field(default_factory=list)
    end: Terminator | None = None
    visits: int = 0  # of a loop's head: how often one step may come here; 0: no head
    loops: tuple[Node, ...] = ()  # of a loop's head: the heads of the loops it is in
    loc: Loc = NOWHERE  # of a loop's head


@dataclass(frozen=True, eq=False, slots=True)
class Jump:
    target: Node


@dataclass(frozen=True, eq=False, slots=True)
class Branch:
    """`join` is where both sides come together again, if they do."""

    condition: Expr
    then: Node
    otherwise: Node
    join: Node
    loc: Loc


@dataclass(frozen=True, eq=False, slots=True)
class Alternative:
    """One way to leave a wait: when `guard` holds, on to `target`."""

    name: str
    guard: tuple[Conjunct, ...]
    target: Node
    duty: Duty
    participants: tuple[str, ...] = ()
    loc: Loc = NOWHERE
    goes_on: bool = False  # without having waited: `step()`, or with what a branch has given


@dataclass(frozen=True, eq=False, slots=True)
class Wait:
    label: str
    alternatives: tuple[Alternative, ...]
    resting: Expr = FALSE
    drop: tuple[Stmt, ...] = ()  # what happens if the activity is dropped here
    loc: Loc = NOWHERE


@dataclass(frozen=True, eq=False, slots=True)
class Stop:
    """The activity ends."""


Terminator: TypeAlias = Jump | Branch | Wait | Stop


def endless(loc: Loc) -> Reject:
    fix = "await in it, or use `for` over a finite range"
    return Reject(Diagnostic("K042", "a loop that can run without reaching an await", loc, fix))


def sprawling(loc: Loc) -> Reject:
    fix = "`await step()` in between, or join the cases: a helper, `elif`"
    return Reject(Diagnostic("K002", "a step with too many cases within cases", loc, fix))


class Unfinished(Exception):
    """Code that was given up because of a mistake in it, which has been reported."""


class Flow:
    """Builds the graph; `current` is where code goes, None where it cannot be reached."""

    def __init__(self) -> None:
        self.entry = Node()
        self.current: Node | None = self.entry
        self.waits: list[Wait] = []
        self.targets: set[Node] = set()  # nodes that some finished node goes to

    def emit(self, *statements: Stmt) -> None:
        if self.current is not None:
            self.current.statements.extend(statements)

    def finish(self, end: Terminator) -> None:
        if self.current is not None:
            self.current.end = end
            match end:
                case Jump(target):
                    self.targets.add(target)
                case Branch(_, then, otherwise, _, _):
                    self.targets |= {then, otherwise}
                case Wait():
                    self.waits.append(end)
                    self.targets |= {alternative.target for alternative in end.alternatives}
                case Stop():
                    pass
                case _:
                    assert_never(end)
        self.current = None

    def jump(self, target: Node) -> None:
        self.finish(Jump(target))

    def branch(self, condition: Expr, loc: Loc, *, join: Node | None = None) -> tuple[Node, Node, Node]:
        """End the current node with a branch; return (then, otherwise, join)."""
        then, otherwise, join = Node(), Node(), join or Node()
        if isinstance(condition, Const):
            self.jump(then if condition.value else otherwise)
        else:
            self.finish(Branch(condition, then, otherwise, join, loc))
        return then, otherwise, join


@dataclass(frozen=True, slots=True)
class Tail:
    """Where a step ends: at a wait, or with the activity."""

    wait: Wait | None


Finish: TypeAlias = Callable[[Tail, frozenset[str]], tuple[Stmt, ...]]


def straighten(entry: Node, finish: Finish) -> tuple[Stmt, ...]:
    """Return the code from `entry` to the next waits as nested statements.

    `finish(tail, assigned)` gives the statements at each end; `assigned` are the variables set on the way.
    Raises Reject for a loop that can run without a wait and for a step that is too large, Unfinished for what a
    mistake cut short.
    """
    return _straight(entry, finish, None, _Path())


@dataclass(frozen=True, slots=True)
class _Path:
    """How a step came to a node: loop heads passed, variables assigned, constants known."""

    heads: tuple[Node, ...] = ()
    assigned: frozenset[str] = frozenset()
    known: Mapping[str, tuple[Var, Const]] = field(default_factory=dict)
    conditions: int = 0  # this node is nested in
    visited: list[None] = field(default_factory=list)  # shared by all paths of a step: what was put together so far

    def within(self, condition: Branch) -> _Path:
        """Return the path into a side of a branch."""
        if self.conditions > MAX_INDENT or len(self.visited) > MAX_PATHS:
            raise sprawling(condition.loc)
        return replace(self, conditions=self.conditions + 1)

    def through(self, node: Node) -> _Path:
        known = dict(self.known)
        for statement in node.statements:
            for name in written((statement,)):
                known.pop(name, None)
            match statement:
                case Assign(Var(name, _) as place, Const() as value):
                    known[name] = place, stored(value, place.type)
        heads = self.heads
        if node.visits:  # the loops in its body start anew
            heads = (*(head for head in heads if node not in head.loops), node)
        self.visited.append(None)
        return replace(self, heads=heads, assigned=self.assigned | written(node.statements), known=known)

    def after(self, statements: tuple[Stmt, ...]) -> _Path:
        """Return the path behind a branch whose sides came together: what they set is not known."""
        touched = written(statements)
        known = {name: pair for name, pair in self.known.items() if name not in touched}
        return replace(self, assigned=self.assigned | touched, known=known)


def _straight(node: Node, finish: Finish, until: Node | None, path: _Path) -> tuple[Stmt, ...]:
    statements: list[Stmt] = []
    while node is not until:
        if node.visits and path.heads.count(node) >= node.visits:
            if node.visits == 1:
                raise endless(node.loc)
            return (*statements, Assert(FALSE, "a loop ran beyond its range", Fault.RANGE))
        path = path.through(node)
        statements.extend(node.statements)
        match node.end:
            case Jump(target):
                node = target
            case Branch(condition, then, otherwise, join, loc) as branch:
                test = fold(condition, dict(path.known.values()))
                if isinstance(test, Const):
                    node = then if test.value else otherwise
                elif _reaches_only(then, join) and _reaches_only(otherwise, join):
                    sides = [_straight(side, finish, join, path.within(branch)) for side in (then, otherwise)]
                    statements.append(If(condition, sides[0], sides[1], loc))
                    path = path.after((*sides[0], *sides[1]))
                    node = join
                else:
                    sides = [_straight(side, finish, until, path.within(branch)) for side in (then, otherwise)]
                    return (*statements, If(condition, sides[0], sides[1], loc))
            case Wait() as wait:
                return (*statements, *finish(Tail(wait), path.assigned))
            case Stop():
                return (*statements, *finish(Tail(None), path.assigned))
            case None:
                raise Unfinished
            case _:
                assert_never(node.end)
    return tuple(statements)


def _reaches_only(node: Node, join: Node) -> bool:
    """Tell whether every path from `node` comes to `join` without a wait or an end."""
    pending, seen = [node], {id(join)}
    while pending:
        at = pending.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        match at.end:
            case Jump(target):
                pending.append(target)
            case Branch(_, then, otherwise, _, _):
                pending += [then, otherwise]
            case _:
                return False
    return True
