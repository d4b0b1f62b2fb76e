"""What can be awaited: the awaitables of blocks, selections and joins over them, and marks on a wait."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import Any, ParamSpec

from model.placeholder import NotExecutable

P = ParamSpec("P")


class Wait:
    """Something to await. What it gives is up to its `finish`."""

    def __await__(self) -> Generator[Any, None, Any]:
        raise NotExecutable("await")


def awaitable(method: Callable[P, Any]) -> Callable[P, Wait]:
    """Make a block's method an awaitable: it defines the parts and returns `wait(start, ready, finish, drop)`.

    Its parameters are carried while it waits; an Own among them is a slot that says so.
    """
    return method


def wait(*parts: Callable[[], Any]) -> Wait:
    """Put an awaitable together from its parts, nested functions known by their names. Only `ready` is required.

    - `start`: in the step that reaches the await (take a place in the queue);
    - `ready`: the guard, one returned expression;
    - `finish`: in the step that leaves it; what it returns is the value of the `await`;
    - `drop`: it loses a selection or its task ends (leave the queue, give back);
    - `idle`: the default condition of `rest`.
    """
    raise NotExecutable("wait()")


def me() -> Any:
    """The activity that waits, of type `Actor`; in the parts of an awaitable."""
    raise NotExecutable("me()")


def step() -> Wait:
    """Never waits, but lets others run: `await step()` splits what several threads do not do atomically."""
    raise NotExecutable("step()")


def until(condition: Callable[[], object]) -> Wait:
    """Waits until the condition holds: `await until(lambda: self.free > 0)`.

    It holds when the step that goes on begins. Like any wait it may be a branch of `first(…)` and `both(…)`, and stand
    in `rest`, `at` and the marks of duty.
    """
    raise NotExecutable("until()")


def first(**branches: Awaitable[Any]) -> Wait:
    """Biased select: of the branches that are ready, the first as written wins; the others are dropped.

    Gives a record with one field a branch: a Bool for a branch without value, else an Option of its value.
    A branch may be a call of an async helper, then an activity of its own, dropped where it stands.
    """
    raise NotExecutable("first()")


def any_of(**branches: Awaitable[Any]) -> Wait:
    """Unbiased select: as `first`, but any branch that is ready may win."""
    raise NotExecutable("any_of()")


def both(**branches: Awaitable[Any]) -> Wait:
    """Join: runs the branches beside each other, each an activity `task.name`, and ends when all have.

    Gives a record of their values.
    """
    raise NotExecutable("both()")


def rest(wait: Awaitable[Any], *, when: object = True) -> Wait:
    """Mark a wait at which the task may stay for ever without fault, while `when` holds: an idle server loop.

    Without `when`, the awaitable's `idle` condition, if it has one.
    """
    raise NotExecutable("rest()")


def at(point: str, wait: Awaitable[Any]) -> Wait:
    """Name an await point: `await at("flush", socket.write())`. Otherwise it is block and awaitable: `socket.write`."""
    raise NotExecutable("at()")
