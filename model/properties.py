"""What is demanded of a model. Deadlocks and orphans are looked for without being asked.

`when` is a condition over parameters, as of a task: without it, there is no such property.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

from model.actors import Activity
from model.placeholder import Placeholder

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
    Neither is liveness under fairness: it says that a way exists, not that it is taken.
    """
    return Placeholder(f"progress({who!r})")


def _same(method: Method) -> Method:
    return method
