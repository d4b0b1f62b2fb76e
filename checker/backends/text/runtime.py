"""What generated text calls: the few things that are not straight-line code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from checker.interp import nothing_to_choose, out_of_range, why_undefined
from checker.ir.domains import Value
from checker.ir.nodes import Assert, Assign, Choose, Expr, Fault, If, Stmt
from checker.loc import Loc
from checker.machine import Failure, Undefined


@dataclass(frozen=True, slots=True)
class Site:
    """A place in generated text where a step can fail: its number is what the text passes on."""

    subject: Expr | Stmt
    loc: Loc


class Broken(Undefined):
    """A statement that cannot be completed; caught with `Undefined` where the step ends."""

    def __init__(self, fault: Fault, message: str, loc: Loc) -> None:
        super().__init__(message, loc)
        self.fault = fault


def make_undefined(sites: list[Site]) -> Callable[[int], Value]:
    """Return the function that raises `Undefined` for the expression at a site."""

    def undefined(site: int) -> Value:
        subject, loc = sites[site].subject, sites[site].loc
        assert not isinstance(subject, (Assign, Choose, Assert, If))
        raise Undefined(why_undefined(subject), loc)

    return undefined


def make_broken(sites: list[Site]) -> Callable[..., None]:
    """Return the function that raises `Broken` for the statement at a site (and the value assigned there)."""

    def broken(site: int, value: Value = None) -> None:
        subject, loc = sites[site].subject, sites[site].loc
        match subject:
            case Assign(target, source):
                raise Broken(Fault.RANGE, out_of_range(target, source, value), loc)
            case Choose(_, options):
                raise Broken(Fault.RANGE, nothing_to_choose(options), loc)
            case Assert(_, message, fault):
                raise Broken(fault, message, loc)
            case _:
                raise TypeError(f"site {site} is no statement")

    return broken


def failed(stop: Undefined) -> Failure:
    """Return what `stop` means for the step in which it was raised."""
    assert stop.loc is not None
    return Failure(stop.fault if isinstance(stop, Broken) else Fault.RANGE, stop.message, stop.loc)


def removed(items: tuple[Value, ...], item: Value) -> tuple[Value, ...]:
    """Return `items` without the first that equals `item`."""
    if item not in items:
        return items
    place = items.index(item)
    return items[:place] + items[place + 1 :]


def advance(path: list[int], sizes: list[int]) -> bool:
    """Turn `path` into the list of choices to try next; return False after the last."""
    while path and path[-1] + 1 >= sizes[-1]:
        path.pop()
        sizes.pop()
    if not path:
        return False
    path[-1] += 1
    return True
