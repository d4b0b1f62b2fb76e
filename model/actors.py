"""Who acts: actors, their actions and tasks, and what they owe."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Literal, TypeAlias, TypeVar, overload

from model.placeholder import NotExecutable

W = TypeVar("W")
Method = TypeVar("Method", bound=Callable[..., Any])
AsyncMethod: TypeAlias = Callable[..., Coroutine[Any, Any, Any]]


class Duty:
    """Whether something must happen. A value (`actor(duty=may)`) and a wrapper of a wait (`await may(w)`)."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name

    def __call__(self, wait: W) -> W:
        """Set the duty of leaving by this wait."""
        raise NotExecutable(f"{self._name}()")


obliged = Duty("obliged")
"""Must happen when it can: what others may rely on. The default."""

may = Duty("may")
"""Somebody's free choice: a client that reads when it likes. Whoever waits for it may wait for ever."""

fault = Duty("fault")
"""Nobody relies on it: kill, reset, crash, the operator, a timeout that fires."""


class Activity:
    """An actor or a task, as properties may ask of it. `self.client[c]` is member c of a family."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text

    def __set_name__(self, owner: type, name: str) -> None:
        self._text = name

    def __getitem__(self, member: object) -> Activity:
        return Activity(f"{self._text}[{member!r}]")

    def at(self, point: str) -> bool:
        """Tell whether it stands at the await point `point`: a name given by `at`, or `batches.recv`."""
        raise NotExecutable(f"{self._text}.at()")

    @property
    def finished(self) -> bool:
        """Whether it has nothing left to do."""
        raise NotExecutable(f"{self._text}.finished")


def actor(
    *,
    duty: Duty = obliged,
    over: object = None,
    finished: Callable[..., Any] | None = None,
    rests: Callable[..., Any] | None = None,
) -> Activity:
    """Declare an actor of the action layer: `client = actor(over=Client, duty=may)`.

    `over` makes a family, one actor a value. `finished` and `rests` are conditions, `lambda self: …` (of a
    family `lambda self, me: …`): it has nothing left to do; it may wait for ever without fault.
    """
    return Activity("actor()")


def action(
    owner: Activity, *, duty: Duty | None = None, fair: Literal["weak", "strong"] = "weak"
) -> Callable[[Method], Method]:
    """Declare an action of `owner`: `@action(client)` over `def take(self, me): …`.

    `require` at the top makes the guard, the rest is one atomic update. Parameters after `self` (and `me` for
    a family) are annotated with a type, and are choices: one instance a value.
    """
    return _same


@overload
def task(method: AsyncMethod, /) -> Activity: ...
@overload
def task(
    *, duty: Duty = obliged, over: object = None, fair: str = "weak", when: object = True
) -> Callable[[AsyncMethod], Activity]: ...
def task(
    method: AsyncMethod | None = None,
    /,
    *,
    duty: Duty = obliged,
    over: object = None,
    fair: str = "weak",
    when: object = True,
) -> Activity | Callable[[AsyncMethod], Activity]:
    """Declare an actor written as an `async` method: `@task`, `@task(duty=may)`, `@task(over=Shard)`.

    Between two awaits is one atomic step; code before the first is the first step. `over` makes a family,
    whose method has `me` as second parameter; `fair="strong"` makes its steps strongly fair; `when` is a condition
    over parameters: without it, no such task.
    """
    return _activity if method is None else _activity(method)


def participant(who: Activity) -> None:
    """Name, in an action's body, an actor that is moved besides the owner: a rendezvous partner, an aborted task."""
    raise NotExecutable("participant()")


def _same(method: Method) -> Method:
    return method


def _activity(method: AsyncMethod) -> Activity:
    return Activity(getattr(method, "__name__", "task"))
