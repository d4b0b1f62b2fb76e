"""Which locals of an activity still matter at which wait: backwards liveness over its control flow.

A local that is not live at a wait is reset on the way there, so that states that differ only in it
are one. Locals that own are never reset: the drop at the end of their scope is a use.
(Aho, Lam, Sethi, Ullman, *Compilers*, 9.2.5.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from checker.frontend.flow import Branch, Flow, Jump, Node, Wait
from checker.ir.domains import default
from checker.ir.nodes import Assign, Choose, Const, Expr, If, Stmt, Var
from checker.ir.walk import expressions, root, statements, variables


@dataclass(frozen=True, slots=True)
class Lives:
    """The locals that are analysed, and those of them that are live at each wait (by label)."""

    locals: frozenset[str]
    live: dict[str, frozenset[str]]

    def at(self, label: str) -> frozenset[str]:
        return self.live.get(label, frozenset())


def reachable(flow: Flow) -> list[Node]:
    """Return the nodes that control can reach, each after the one it was found from."""
    found: list[Node] = []
    pending = [flow.entry]
    seen: set[int] = set()
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        found.append(node)
        pending.extend(successors(node))
    return found


def successors(node: Node) -> Iterator[Node]:
    match node.end:
        case Jump(target):
            yield target
        case Branch(_, then, otherwise, _, _):
            yield from (then, otherwise)
        case Wait(_, alternatives, _, _, _):
            yield from (alternative.target for alternative in alternatives)


def live_locals(flow: Flow, locals_: frozenset[str]) -> Lives:
    """Return what is live at each wait."""
    nodes = reachable(flow)
    entering: dict[int, frozenset[str]] = {id(node): frozenset() for node in nodes}
    changed = True
    while changed:
        changed = False
        for node in reversed(nodes):
            out = frozenset[str]().union(*(entering[id(after)] for after in successors(node)))
            live = before_block(tuple(node.statements), out | used_at_end(node), locals_)
            if live != entering[id(node)]:
                entering[id(node)] = live
                changed = True
    at_waits = {
        wait.label: (
            frozenset[str]().union(*(entering[id(alternative.target)] for alternative in wait.alternatives))
            | used_by_wait(wait)
        )
        & locals_
        for wait in flow.waits
    }
    return Lives(locals_, at_waits)


def used_at_end(node: Node) -> frozenset[str]:
    match node.end:
        case Branch(condition, _, _, _, _):
            return variables(condition)
        case Wait() as wait:
            return used_by_wait(wait)
    return frozenset()


def used_by_wait(wait: Wait) -> frozenset[str]:
    used = variables(wait.resting)
    for alternative in wait.alternatives:
        for part in alternative.guard:
            used |= variables(part.expr)
    for statement in statements(wait.drop):
        used |= read_by(statement)
    return used


def before_block(block: tuple[Stmt, ...], live: frozenset[str], locals_: frozenset[str]) -> frozenset[str]:
    for statement in reversed(block):
        match statement:
            case If(condition, then, otherwise):
                sides = before_block(then, live, locals_) | before_block(otherwise, live, locals_)
                live = sides | variables(condition)
            case Assign(Var(name, _), value):
                live = (live - {name}) | variables(value)
            case _:
                live |= read_by(statement)
    return live & locals_


def read_by(statement: Stmt) -> frozenset[str]:
    """Return the variables a statement reads; a partial write reads what it leaves."""
    read: frozenset[str] = frozenset()
    for expr in expressions(statement):
        read |= variables(expr)
    if isinstance(statement, Assign) and not isinstance(statement.target, Var):
        base = root(statement.target)
        read |= {base.name} if isinstance(base, Var) else frozenset()
    return read


def ever_full(flow: Flow, candidates: frozenset[str]) -> frozenset[str]:
    """Return the candidates that may hold something at some wait; the others are empty whenever others look."""
    nodes = reachable(flow)
    entering: dict[int, frozenset[str]] = {id(node): frozenset() for node in nodes}
    full: frozenset[str] = frozenset()
    changed = True
    while changed:
        changed = False
        for node in nodes:
            after = filled_by(tuple(node.statements), entering[id(node)], candidates)
            if isinstance(node.end, Wait) and not after <= full:
                full |= after
            for target in successors(node):
                if not after <= entering[id(target)]:
                    entering[id(target)] |= after
                    changed = True
    return full


def filled_by(block: tuple[Stmt, ...], full: frozenset[str], candidates: frozenset[str]) -> frozenset[str]:
    for statement in block:
        match statement:
            case If(_, then, otherwise):
                full = filled_by(then, full, candidates) | filled_by(otherwise, full, candidates)
            case Assign(Var(name, kind), Const(value, _)) if value == default(kind):
                full -= {name}
            case Assign(target, _):
                base: Expr = root(target)
                if isinstance(base, Var):
                    full |= {base.name} & candidates
            case Choose():
                pass
    return full
