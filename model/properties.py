"""What is demanded of a model. Deadlocks and orphans are looked for without being asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from model.actors import Activity
from model.placeholder import Placeholder

Method = TypeVar("Method", bound=Callable[..., Any])


def invariant(method: Method) -> Method:
    """The condition this method returns holds in every reachable state."""
    return method


def transition(method: Method) -> Method:
    """The condition this method, over `(self, old)`, returns holds of every step; `old` is the state before it."""
    return method


def sometimes(method: Method) -> Method:
    """The condition this method returns holds in some reachable state: what shows that a spec does something."""
    return method


def progress(who: Activity, *, to: Callable[..., Any] | None = None) -> Any:
    """Demand that `who` is never stuck: from every reachable state, what is obliged to happen can still move it.

    With `to`, a condition `lambda self: …`: while `who` is unfinished, what is obliged can still reach it.
    Neither is liveness under fairness: it says that a way exists, not that it is taken.
    """
    return Placeholder(f"progress({who!r})")
