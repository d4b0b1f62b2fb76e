"""A brute-force judge of the definitions in `docs/semantics.md`: small models only, every state of them.

It is independent on purpose: its own evaluator and transition relation (`judge_steps`), its own graph code, written
from the definitions and from the docstrings of the IR nodes; it imports nothing of the checker but the nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from checker.ir.domains import BoolT, MapT, OptionT, OwnT, RecordT, SeqT, SetT, Type
from checker.ir.nodes import Action, Apply, Const, Duty, Expr, Field, Index, Make, State, Temp, Var
from checker.ir.ops import Op
from tests.support.judge_steps import NoValue, Steps, all_values

LEVELS = (frozenset({Duty.OBLIGED}), frozenset({Duty.OBLIGED, Duty.MAY}), frozenset(Duty))


class Judge(Steps):
    """Exact sets of one model: who can never move again, who could first change what is waited for, what is wrong."""

    # --- who can never move again ---

    def moved(self, a: int) -> frozenset[int]:
        action = self.model.actions[a]
        return frozenset({self.actor[action.owner], *(self.actor[p] for p in action.participants)})

    @cached_property
    def excused(self) -> list[frozenset[int]]:
        """Who has finished or rests, of every state."""
        pairs = [(a.finished, a.resting) for a in self.model.actors]
        return [
            frozenset(i for i, pair in enumerate(pairs) if any(self.true(e, s) for e in pair))
            for s in range(len(self.states))
        ]

    def can(self, level: int) -> list[frozenset[int]]:
        """Per state: who has an action enabled in, or is moved by a step to, some state reached at `level`."""
        duties = LEVELS[level]
        can = [{self.actor[self.model.actions[a].owner] for a in row} for row in self.enabled]
        before: list[list[int]] = [[] for _ in self.states]
        for s, row in enumerate(self.edges):
            for a, t in row:
                if self.model.actions[a].duty in duties:
                    can[s] |= self.moved(a)
                    before[t].append(s)
        work = list(range(len(self.states)))
        while work:
            t = work.pop()
            for s in before[t]:
                if not can[t] <= can[s]:
                    can[s] |= can[t]
                    work.append(s)
        return [frozenset(c) for c in can]

    def reached(self, start: int, level: int) -> frozenset[int]:
        """States that actions of the level lead to from `start`, itself included."""
        found, work = {start}, [start]
        while work:
            for a, t in self.edges[work.pop()]:
                if self.model.actions[a].duty in LEVELS[level] and t not in found:
                    found.add(t)
                    work.append(t)
        return frozenset(found)

    def can_move(self, start: int, allowed: Callable[[Action], bool]) -> frozenset[int]:
        """Who has an action enabled in, or is moved by a step to, some state that `allowed` actions lead to."""
        found, work = {start}, [start]
        moved: set[int] = set()
        while work:
            s = work.pop()
            moved |= {self.actor[self.model.actions[a].owner] for a in self.enabled[s]}
            for a, t in self.edges[s]:
                if allowed(self.model.actions[a]):
                    moved |= self.moved(a)
                    if t not in found:
                        found.add(t)
                        work.append(t)
        return frozenset(moved)

    @cached_property
    def exact(self) -> tuple[list[frozenset[int]], ...]:
        """Exactly stuck, blocked, dead actors of every state."""
        everyone = frozenset(range(len(self.model.actors)))
        return tuple(
            [everyone - c - x for c, x in zip(self.can(level), self.excused, strict=True)] for level in range(3)
        )

    # --- enabling sets ---

    def first_changers(self, e: Expr) -> Callable[[int], frozenset[int]]:
        """From a state's number: who, in some state that agrees on what `e` reads, can change what it reads."""
        leaves = list(self.reads(e))
        views = [tuple(self._view(s, leaf) for leaf in leaves) for s in self.states]
        found: dict[Any, set[int]] = {}
        for s, row in enumerate(self.edges):
            for a, t in row:
                if views[s] != views[t]:
                    found.setdefault(views[s], set()).add(a)
        return lambda s: frozenset(found.get(views[s], ()))

    def _view(self, s: State, leaf: tuple[Any, ...]) -> Any:
        x: Any = s[self.slot[leaf[0]]]
        for step in leaf[1:]:
            match step:
                case ("child", n):
                    x = x[n]
                case ("full",):
                    return x is not None
                case ("inside",):
                    if x is None:
                        return "absent"
                case ("length",):
                    return len(x)
                case ("item", n):
                    if n >= len(x):
                        return "absent"
                    x = x[n]
                case ("there", n):
                    return n < len(x)
                case ("has", member):
                    return member in x
        return x

    def _below(self, kind: Type) -> Iterator[tuple[Any, ...]]:
        match kind:
            case OptionT(item) | OwnT(item):
                yield (("full",),)
                for rest in self._below(item):
                    yield (("inside",), *rest)
            case RecordT(_, fields):
                for n, (_, field) in enumerate(fields):
                    for rest in self._below(field):
                        yield (("child", n), *rest)
            case MapT(key, item):
                for n in range(len(all_values(key))):
                    for rest in self._below(item):
                        yield (("child", n), *rest)
            case SetT(item):
                for member in all_values(item):
                    yield (("has", member),)
            case SeqT(item, capacity):
                yield (("length",),)
                for n in range(capacity):
                    for rest in self._below(item):
                        yield (("item", n), *rest)
            case _:
                yield ()

    def reads(self, e: Expr) -> set[tuple[Any, ...]]:
        match e:
            case Const() | Temp():
                return set()
            case Apply(Op.EQ | Op.NE, (x, Const(None))) | Apply(Op.EQ | Op.NE, (Const(None), x)):
                return self.reads(Apply(Op.IS_NONE, (x,), BoolT()))
            case Apply(Op.IS_NONE, (x,)) if (found := self._at(x)) is not None:
                return found[1] | {(*p, ("full",)) for p in found[0]}
            case Apply(Op.LEN, (x,)) if isinstance(x.type, SeqT) and (found := self._at(x)) is not None:
                return found[1] | {(*p, ("length",)) for p in found[0]}
            case Apply(Op.IN, (Const(member), x)) if isinstance(x.type, SetT) and (found := self._at(x)) is not None:
                return found[1] | {(*p, ("has", member)) for p in found[0]}
            case Var() | Field() | Index() | Apply(Op.UNWRAP):
                found = self._at(e)
                if found is not None:
                    return found[1] | {(*p, *rest) for p in found[0] for rest in self._below(e.type)}
        parts: Iterable[Expr]
        match e:
            case Apply(_, parts) | Make(parts):
                pass
            case Field(record):
                parts = (record,)
            case Index(base, index):
                parts = (base, index)
            case _:
                raise NotImplementedError(e)
        return set().union(*map(self.reads, parts))

    def _at(self, e: Expr) -> tuple[set[tuple[Any, ...]], set[tuple[Any, ...]]] | None:
        """The places `e` may mean, and what is read on the way to them."""
        match e:
            case Var(name):
                return {(name,)}, set()
            case Field(record, name):
                found = self._at(record)
                assert isinstance(record.type, RecordT)
                n = [f for f, _ in record.type.fields].index(name)
                return None if found is None else ({(*p, ("child", n)) for p in found[0]}, found[1])
            case Apply(Op.UNWRAP, (slot,)):
                found = self._at(slot)
                if found is None:
                    return None
                return {(*p, ("inside",)) for p in found[0]}, found[1] | {(*p, ("full",)) for p in found[0]}
            case Index(base, index):
                found = self._at(base)
                if found is None:
                    return None
                read = found[1] | self.reads(index)
                if isinstance(base.type, MapT):
                    keys = list(enumerate(all_values(base.type.key)))
                    reached = [n for n, k in keys if not isinstance(index, Const) or index.value == k]
                    return {(*p, ("child", n)) for p in found[0] for n in reached}, read
                assert isinstance(base.type, SeqT)
                spots = range(base.type.capacity)
                reached = [n for n in spots if not isinstance(index, Const) or index.value == n]
                read = read | {(*p, ("there", n)) for p in found[0] for n in reached}
                return {(*p, ("item", n)) for p in found[0] for n in reached}, read
            case _:
                return None

    # --- what is said of one state, from exact enabling sets ---

    @cached_property
    def _changers(self) -> dict[int, Callable[[int], frozenset[int]]]:
        return {}

    def enablers(self, e: Expr, s: int) -> frozenset[int]:
        if id(e) not in self._changers:
            self._changers[id(e)] = self.first_changers(e)
        return self._changers[id(e)](s)

    def owners(self, actions: Iterable[int], level: int) -> frozenset[int]:
        found = (self.model.actions[a] for a in actions)
        return frozenset(self.actor[a.owner] for a in found if a.duty in LEVELS[level])

    def has_live_enabler(self, e: Expr, s: int, level: int, live: frozenset[int]) -> bool:
        """The count rule: as many as are needed must be right already or have a live enabler, and one must have one."""
        match e:
            case Apply(Op.GE | Op.GT | Op.LE | Op.LT as op, (Apply(Op.COUNT, parts), k)):
                if self.owners(self.enablers(k, s), level) & live:
                    return True
                try:
                    bound = self.compile(k)(list(self.states[s]), {})
                except NoValue:
                    return False
                wanted = op in (Op.GE, Op.GT)  # or: at most so many hold, so many of all do not
                needed = (bound if wanted else len(parts) - bound) + (op in (Op.GT, Op.LT))
                right = [self.true(p, s) if wanted else self.false(p, s) for p in parts]
                alive = [
                    self.has_live_enabler(p, s, level, live) if wanted else self._can_change(p, s, level, live)
                    for p, good in zip(parts, right, strict=True)
                    if not good
                ]
                return any(alive) and sum(right) + sum(alive) >= needed
            case _:
                return self._can_change(e, s, level, live)

    def _can_change(self, e: Expr, s: int, level: int, live: frozenset[int]) -> bool:
        return bool(self.owners(self.enablers(e, s), level) & live)

    def asked(self, e: Expr, s: int) -> list[Expr]:
        """Whose enabling sets decide about a false `e`: its own; of a count, its bound's and wrong elements'."""
        match e:
            case Apply(Op.GE | Op.GT, (Apply(Op.COUNT, parts), k)):
                return [k, *(inner for p in parts if not self.true(p, s) for inner in self.asked(p, s))]
            case Apply(Op.LE | Op.LT, (Apply(Op.COUNT, parts), k)):
                return [k, *(p for p in parts if not self.false(p, s))]
            case _:
                return [e]

    def lacking(self, action: Action, s: int, *, location: bool) -> list[Expr]:
        return [c.expr for c in action.guard if (location or not c.location) and not self.true(c.expr, s)]

    def alternatives(self, i: int, s: int) -> list[Action]:
        name = self.model.actors[i].name
        return [
            a
            for a in self.model.actions
            if a.owner == name and all(self.true(c.expr, s) for c in a.guard if c.location)
        ]

    @cached_property
    def _lives_in(self) -> dict[tuple[int, int], frozenset[int]]:
        return {}

    def live(self, s: int, level: int) -> frozenset[int]:
        if (s, level) not in self._lives_in:
            self._lives_in[s, level] = self._least_live(s, level)
        return self._lives_in[s, level]

    def _least_live(self, s: int, level: int) -> frozenset[int]:
        live: frozenset[int] = frozenset()
        while True:
            more = frozenset(i for i in range(len(self.model.actors)) if self._lives(i, s, level, live))
            if more <= live:
                return live
            live |= more

    def _lives(self, i: int, s: int, level: int, live: frozenset[int]) -> bool:
        name = self.model.actors[i].name
        own = [(a, self.lacking(a, s, location=False)) for a in self.alternatives(i, s)]
        by = [(a, self.lacking(a, s, location=True)) for a in self.model.actions if name in a.participants]
        return any(
            a.duty in LEVELS[level] and all(self.has_live_enabler(e, s, level, live) for e in false)
            for a, false in own + by
        )

    def certified(self, s: int, level: int) -> frozenset[int]:
        live = self.live(s, level)
        moving = {self.actor[self.model.actions[a].owner] for a in self.enabled[s]}
        return frozenset(
            i
            for i in range(len(self.model.actors))
            if i not in live | moving | self.excused[s]
            and all(
                not all(self.has_live_enabler(e, s, level, live) for e in self.lacking(a, s, location=False))
                for a in self.alternatives(i, s)
            )
        )

    # --- kinds ---

    def wrong(self, s: int, demanded: frozenset[int], *, exact: bool) -> frozenset[Wrong]:
        """What is wrong in a state, by certificates or by the exact sets."""
        stuck = self.exact[0][s] if exact else self.certified(s, 0)
        blocked = self.exact[1][s] if exact else self.certified(s, 1)
        low = self._blame(s, 0, stuck, exact=exact)
        high = self._blame(s, 1, blocked, exact=exact)
        both = low | high
        found = set()
        certain = _circles(high)
        for core in certain:
            found.add(Wrong("deadlock", core, _upstream(both, core), warning=False))
        for core in _circles(low):
            if any(core & other for other in certain):
                continue
            tail = _upstream(both, core)
            found.add(Wrong("deadlock", core, tail, warning=not (core | tail) & demanded))
        known = frozenset().union(*(w.core | w.tail for w in found if not w.warning))
        lost = blocked - frozenset().union(*(core | _upstream(high, core) for core in certain))
        if lost:
            found.add(Wrong("orphan", frozenset(), lost, warning=False))
        for i in (stuck - blocked - known) & demanded:
            found.add(Wrong("hostage", frozenset({i}), frozenset({i}) | _downstream(low, i), warning=False))
        return frozenset(found)

    def _blame(self, s: int, level: int, nodes: frozenset[int], *, exact: bool) -> frozenset[tuple[int, int]]:
        live = frozenset() if exact else self.live(s, level)
        edges = set()
        for i in nodes:
            for action in self.alternatives(i, s):
                for e in self.lacking(action, s, location=False):
                    if not exact and self.has_live_enabler(e, s, level, live):
                        continue
                    helpers = self.owners(self._all_enablers(e, s), level)
                    edges |= {(i, b) for b in helpers & nodes if b != i or helpers == {i}}
        return frozenset(edges)

    def _all_enablers(self, e: Expr, s: int) -> frozenset[int]:
        """Of a count: who could change its bound, or an element that is not as it is needed."""
        return frozenset().union(*(self.enablers(part, s) for part in self.asked(e, s)))


@dataclass(frozen=True)
class Wrong:
    kind: str
    core: frozenset[int]  # of a hostage: the actor itself
    tail: frozenset[int]
    warning: bool


Edges = frozenset[tuple[int, int]]


def _downstream(edges: Edges, start: int) -> frozenset[int]:
    """Everybody on a path of at least one edge from `start`."""
    found: frozenset[int] = frozenset()
    while True:
        more = frozenset(b for a, b in edges if a == start or a in found)
        if more <= found:
            return found
        found |= more


def _upstream(edges: Edges, core: frozenset[int]) -> frozenset[int]:
    nodes = {a for a, _ in edges}
    return frozenset(n for n in nodes if _downstream(edges, n) & core) - core


def _circles(edges: Edges) -> frozenset[frozenset[int]]:
    """Maximal sets whose members all lie on common circles: those who reach each other, and themselves."""
    nodes = {n for edge in edges for n in edge}
    ahead = {n: _downstream(edges, n) for n in nodes}
    return frozenset(frozenset(m for m in ahead[n] if n in ahead[m]) for n in nodes if n in ahead[n])
