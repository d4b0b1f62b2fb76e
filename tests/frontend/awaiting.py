"""Coroutines run one step at a time, in any order: a scheduler, and what its coroutines can await."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, TypeAlias

from tests.frontend.visible import Owned

Ready: TypeAlias = Callable[[], bool]


class OpenChoice(Exception):
    """A run came to a choice that its list does not make; there are `count` ways to make it."""

    def __init__(self, count: int) -> None:
        super().__init__(str(count))
        self.count = count


class TooMany(Exception):
    """There are more states than were to be explored."""


OWED = ("obliged", "may", "fault")


def never() -> bool:
    return False


@dataclass(eq=False)
class Wait:
    """What a coroutine waits for: guards, each with its duty ("": the activity's own), where it rests, its name.

    `arms`: of a selection its branches, one a guard; of a join, all of them. `pauses`: the code does not wait at all.
    """

    guards: list[Ready]
    duties: list[str]
    rests: Ready = never
    point: str = ""
    arms: list[Once | Activity] = field(default_factory=list)
    selects: bool = False
    biased: bool = False
    pauses: bool = False


@dataclass(eq=False)
class Activity:
    """A task or a branch: a coroutine, and what it waits for (nothing yet: it has not started)."""

    name: str
    coroutine: Coroutine[Any, Any, Any]
    duty: str = "obliged"
    wait: Wait = field(default_factory=lambda: Wait([lambda: True], [""], point="start"))
    parent: Activity | None = None
    started: bool = False
    over: bool = False
    value: object = None

    def owed(self, place: int) -> int:
        """Return how strongly it is owed that it goes on in one of its ways: the least is owed most."""
        return OWED.index(self.wait.duties[place] or self.duty)

    def left_lying(self) -> Iterator[int]:
        """Yield, of each result within it that nobody has gone on with yet, how strongly going on is owed."""
        if self.over:
            return
        branches = [arm for arm in self.wait.arms if isinstance(arm, Activity)]
        if self.wait.selects:
            for place, arm in enumerate(self.wait.arms):
                if isinstance(arm, Activity) and arm.over:
                    yield self.owed(place)
        elif branches and all(arm.over for arm in branches):
            yield self.owed(0)
        for arm in branches:
            yield from arm.left_lying()

    def is_polled(self, place: int) -> bool:
        """Tell whether going on in one of its ways means that it had been waiting before."""
        arm = self.wait.arms[place] if self.wait.selects else None
        return not (self.wait.pauses or isinstance(arm, Activity | Pause) or (self.wait.arms and arm is None))

    def may_go_on(self, place: int) -> bool:
        """Tell whether none of the selections it is in, its own included, has something else to do first."""
        owed, polled = self.owed(place), self.is_polled(place)
        if self.wait.selects and self.comes_after(self.wait.arms[place], owed):
            return False
        child, around = self, self.parent
        while around is not None:
            if around.wait.selects:
                if around.comes_after(child, owed):
                    return False
                earlier = around.wait.arms[: around.wait.arms.index(child)] if around.wait.biased else []
                for number, arm in enumerate(earlier):
                    if isinstance(arm, Once) and arm.ready() and (polled or owed > around.owed(number)):
                        return False
            child, around = around, around.parent
        return True

    def comes_after(self, mine: Once | Activity, owed: int) -> bool:
        """Tell whether a branch beside `mine` has a result that is to be taken first."""
        for place, arm in enumerate(self.wait.arms):
            if isinstance(arm, Activity) and arm is not mine:
                lying = [self.owed(place)] if arm.over else list(arm.left_lying())
                if any(result <= owed for result in lying):
                    return True
        return False

    def close(self) -> None:
        """Drop it where it stands."""
        if not self.over:
            self.over = True
            self.coroutine.close()


class Scheduler:
    """One run: the activities in the order in which they came to be, and the choices that are still to be made."""

    def __init__(self) -> None:
        self.activities: list[Activity] = []
        self.pending: list[int] = []
        self.running = ""  # whose step it is
        self.current: Activity | None = None
        self.duty = "obliged"  # of who makes it
        self.taken = ""  # duty of the last step
        self.moved: set[str] = set()  # who is started, closed or put away by it
        self.owned: list[Owned] = []

    def spawn(self, name: str, coroutine: Coroutine[Any, Any, Any], duty: str = "") -> Activity:
        full = f"{self.running}.{name}".lstrip(".")
        activity = Activity(full, coroutine, duty or self.duty, parent=self.current)
        self.activities.append(activity)
        self.moved.add(activity.name)
        return activity

    def put_away(self, activity: Activity) -> None:
        """End a branch for good: its value has been taken, or it has lost and is closed where it stands."""
        activity.close()
        self.activities.remove(activity)
        self.moved.add(activity.name)

    def choose(self, count: int) -> int:
        if not self.pending:
            raise OpenChoice(count)
        return self.pending.pop(0)

    def enabled(self) -> list[tuple[Activity, int]]:
        """Return every way to go on: an activity and which of its guards it leaves by."""
        return [
            (activity, place)
            for activity in self.activities
            if not activity.over
            for place, guard in enumerate(activity.wait.guards)
            if guard() and activity.may_go_on(place)
        ]

    def take(self, activity: Activity, place: int) -> None:
        """Run one step of an activity, to its next wait or its end."""
        self.running, self.duty, self.moved = activity.name, activity.duty, set()
        self.current = activity
        self.taken = activity.wait.duties[place] or activity.duty
        try:
            activity.wait = activity.coroutine.send(place if activity.started else None)
            activity.started = True
        except StopIteration as end:
            activity.over, activity.value = True, end.value


class Awaited:
    """What can be awaited, and what the wrappers around it say: a duty, where it rests, a name."""

    duty = ""
    point = ""
    resting: Ready | None = None  # None: no `rest` around it

    def idle(self) -> bool:
        """Tell whether `rest` without a condition excuses waiting here."""
        return True

    def rests(self) -> bool:
        return self.resting is not None and self.resting()


class Once(Awaited):
    """An awaitable of a block: its four parts."""

    def __init__(
        self, ready: Ready, *, start: Callable[[], None] | None = None, finish: Callable[[], Any] | None = None,
        drop: Callable[[], None] | None = None, idle: Ready | None = None, carried: object = None,
        is_option: bool = False,
    ) -> None:  # fmt: skip
        self.carried = carried
        self.start = start or (lambda: None)
        self.ready = ready
        self.finish = finish or (lambda: None)
        self.lose = drop or (lambda: None)
        self.is_idle = idle
        self.is_option = is_option  # what it gives may be None

    def idle(self) -> bool:
        return self.is_idle is None or self.is_idle()

    def drop(self) -> None:
        """Give it up: what it carries is dropped with it."""
        self.lose()
        for value in self.carried if isinstance(self.carried, tuple) else ():
            if isinstance(value, Owned):
                value.empty = True

    def __await__(self) -> Generator[Wait, int, Any]:
        self.start()
        try:
            yield Wait([self.ready], [self.duty], self.rests, self.point, pauses=isinstance(self, Pause))
        except GeneratorExit:
            self.drop()
            raise
        return self.finish()


class Pause(Once):
    """`step()`: not a wait, others only run beside the code."""

    def __init__(self) -> None:
        super().__init__(lambda: True)


@dataclass
class Owed:
    """A helper as a branch, with a duty: that of leaving by it."""

    duty: str
    coroutine: Coroutine[Any, Any, Any]


class Select(Awaited):
    """`first` and `any_of`: awaitables wait side by side, helpers run as activities of their own."""

    def __init__(self, scheduler: Scheduler, branches: dict[str, Any], *, biased: bool) -> None:
        self.scheduler = scheduler
        self.branches = branches
        self.biased = biased

    def __await__(self) -> Generator[Wait, int, Any]:
        running = {name: self.begin(name, branch) for name, branch in self.branches.items()}
        names = list(running)
        duties = [getattr(self.branches[name], "duty", "") or self.duty for name in names]
        arms = list(running.values())
        own = self.scheduler.duty
        ranks = [OWED.index(duty or own) for duty in duties]
        guards = [self.guard(arms[: place + 1], ranks[: place + 1]) for place in range(len(names))]

        def rests() -> bool:
            if self.resting is not None:
                return self.resting()
            return wait_for_branches(arm for arm in arms if isinstance(arm, Activity))

        try:
            wait = Wait(guards, duties, rests, self.point, arms, selects=True, biased=self.biased)
            winner = names[(yield wait)]
        except GeneratorExit:
            self.abandon([running[name] for name in names])
            raise
        won = running[winner]
        value = won.finish() if isinstance(won, Once) else won.value
        if isinstance(won, Activity):
            self.scheduler.put_away(won)
        self.abandon([running[name] for name in names if name != winner])
        if value is None and not (isinstance(won, Once) and won.is_option):
            value = True
        return SimpleNamespace(**{name: value if name == winner else None for name in names})

    def begin(self, name: str, branch: Any) -> Once | Activity:
        if isinstance(branch, Once):
            branch.start()
            return branch
        return self.scheduler.spawn(name, branch.coroutine if isinstance(branch, Owed) else branch)

    def idle(self) -> bool:
        return all(branch.idle() for branch in self.branches.values() if isinstance(branch, Once))

    def guard(self, branches: list[Once | Activity], ranks: list[int]) -> Ready:
        """Return when the last of these is chosen. Who is over has been chosen, by who is not owed more."""
        *earlier, mine = branches
        if isinstance(mine, Activity):
            pairs = zip(earlier, ranks, strict=False)
            earlier = [one for one, rank in pairs if isinstance(one, Activity) or rank < ranks[-1]]
        return lambda: is_ready(mine) and not (self.biased and any(map(is_ready, earlier)))

    def abandon(self, branches: list[Once | Activity]) -> None:
        for branch in branches:
            if isinstance(branch, Once):
                branch.drop()
        for branch in branches:
            if isinstance(branch, Activity):
                self.scheduler.put_away(branch)


def wait_for_branches(branches: Iterable[Activity]) -> bool:
    """Tell whether who waits for these branches rests: some have not finished, and all those rest."""
    unfinished = [branch for branch in branches if not branch.over]
    return bool(unfinished) and all(branch.wait.rests() for branch in unfinished)


def is_ready(branch: Once | Activity) -> bool:
    return branch.ready() if isinstance(branch, Once) else branch.over


class Join(Awaited):
    """`both`: every branch an activity of its own."""

    def __init__(self, scheduler: Scheduler, branches: dict[str, Any]) -> None:
        self.scheduler = scheduler
        self.branches = branches

    def __await__(self) -> Generator[Wait, int, Any]:
        running = {name: self.scheduler.spawn(name, as_coroutine(it)) for name, it in self.branches.items()}
        guard = lambda: all(activity.over for activity in running.values())  # noqa: E731

        def rests() -> bool:
            return self.resting() if self.resting is not None else wait_for_branches(running.values())

        try:
            yield Wait([guard], [self.duty], rests, self.point, list(running.values()))
        except GeneratorExit:
            for activity in running.values():
                self.scheduler.put_away(activity)
            raise
        for activity in running.values():
            self.scheduler.put_away(activity)
        return SimpleNamespace(**{name: activity.value for name, activity in running.items()})


def as_coroutine(it: Once | Coroutine[Any, Any, Any]) -> Coroutine[Any, Any, Any]:
    async def only() -> Any:
        return await it

    return only() if isinstance(it, Once) else it
