"""What is demanded of a model. Deadlocks and orphans are looked for without being asked.

`when` is a condition over parameters, as of a task: without it, there is no such property.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, overload

from model.actors import Activity
from model.placeholder import Placeholder

Condition: TypeAlias = Callable[..., Any]
Method = TypeVar("Method", bound=Callable[..., Any])


@overload
def invariant(method: Method, /) -> Method: ...
@overload
def invariant(*, when: object = True) -> Callable[[Method], Method]: ...
def invariant(method: Method | None = None, /, *, when: object = True) -> Method | Callable[[Method], Method]:
    """The condition this method returns holds in every reachable state."""
    return _same if method is None else method


@overload
def transition(method: Method, /) -> Method: ...
@overload
def transition(*, when: object = True) -> Callable[[Method], Method]: ...
def transition(method: Method | None = None, /, *, when: object = True) -> Method | Callable[[Method], Method]:
    """The condition this method, over `(self, old)`, returns holds of every step; `old` is the state before it."""
    return _same if method is None else method


@overload
def sometimes(method: Method, /) -> Method: ...
@overload
def sometimes(*, when: object = True) -> Callable[[Method], Method]: ...
def sometimes(method: Method | None = None, /, *, when: object = True) -> Method | Callable[[Method], Method]:
    """The condition this method returns holds in some reachable state: what shows that a spec does something."""
    return _same if method is None else method


def progress(who: Activity, *, to: Callable[..., Any] | None = None, when: object = True) -> Any:
    """Demand that `who` is never stuck: from every reachable state, what is obliged to happen can still move it.

    With `to`, a condition `lambda self: …`: while `who` is unfinished, what is obliged can still reach it.
    Neither is liveness under fairness (`leads_to`): it says that a way exists, not that it is taken.
    """
    return Placeholder(f"progress({who!r})")


def leads_to(left: Condition, right: Condition, /, *, over: object = None, when: object = True) -> Any:
    """Demand of every fair behaviour: whenever `left` holds, `right` holds then or later.

    Conditions are `lambda self: …` or methods. `over` makes one property a value of a type: `lambda self, c: …`.
    Fair: who is obliged to act and could act from some time on does act; nobody else needs to.
    """
    return Placeholder("leads_to()")


def eventually(condition: Condition, /, *, over: object = None, when: object = True) -> Any:
    """Demand of every fair behaviour: `condition` holds at some time."""
    return Placeholder("eventually()")


def always_eventually(condition: Condition, /, *, over: object = None, when: object = True) -> Any:
    """Demand of every fair behaviour: `condition` holds again and again, for ever."""
    return Placeholder("always_eventually()")


def _same(method: Method) -> Method:
    return method
