"""A tenant shard's location at one pageserver: its slot and `PUT location_config` (`mgr.rs`; PAGE_SERVICE 11-12)."""

from model import Block, Bool, Enum, Int, at, awaitable, first, owned, param, rest, step, task, wait
from specs.page_service.timelines import Timelines


class RequestTimer(Block):
    """The 25 s that the controller waits for an answer: they pass `most` times at most, whichever request it is."""

    most = param(Int(1, 2))

    left = Int(0, most, init=most)


class Location(Block):
    """What the slot holds, and the handler that changes it.

    A generation is only ever compared with the newest one that was given out, so it is kept as that comparison.
    A new attachment is a new incarnation of the timeline.
    """

    handle = param("strong", "weak")
    first_config = param("single", "secondary")
    attachments = param(Int(1, 3))  # how many there can be, the first included
    timeout = param("hung", "any")
    timer = param(RequestTimer)

    Timeline = Int(0, attachments - 1)
    Config = Enum("single", "multi", "stale", "secondary")
    timelines = Timelines(Timeline=Timeline, Cache=Int(0, 0), kind=handle, twice="noop", ingest=False)
    config = Enum("single", "multi", "stale", "secondary", init=first_config)
    newest = Bool(init=True)  # attached at the newest generation
    in_progress = Bool()  # the slot, while the handler runs
    wanted = Config
    wanted_newest = Bool(init=True)  # and what is being attached will be
    incarnations = Int(0, attachments, init=1 if first_config == "single" else 0)

    def outdate(self):
        """The controller gives out a new generation."""
        self.newest = False
        self.wanted_newest = not self.in_progress

    def is_attached(self):
        return self.config != "secondary"

    def matches(self, config: Config):
        """Whether `GET location_config` says what the controller wants; a slot in progress reads as null."""
        return not self.in_progress and self.config == config and (config == "secondary" or self.newest)

    def is_current(self):
        return self.is_attached() and self.newest

    # --- the controller's side ---------------------------------------------------------------------

    async def put(self, config: Config) -> Bool():
        """An attempt that timed out is repeated, a conflict (409) is fatal. The handler runs on, whoever waits."""
        while True:
            if self.in_progress:
                return False
            self.accept(config)
            got = await at("put", first(answer=self.answered(), late=self.timed_out()))
            if got.answer:
                return True
            await at("retry", step())

    def accept(self, config: Config):
        """Within a generation only the mode changes: at once. All else shuts the tenant down, and attaches it anew."""
        if config == "secondary":
            self.in_progress = self.is_attached()
        else:
            self.in_progress = not self.is_current()
        if self.in_progress:
            self.wanted = config
        else:
            self.config = config

    def change_mode(self, config: Config):
        """A request that is answered at once."""
        assert self.is_current() and not self.in_progress, "a change of mode takes no shutdown"
        self.config = config

    @awaitable
    def answered(self):
        def ready():
            return not self.in_progress

        return wait(ready)

    @awaitable
    def timed_out(self):
        """`hung`: 25 s are enough for all but a handler that waits for a gate; `any`: they may pass anywhere."""

        def ready():
            return self.timer.left > 0 and (self.timeout == "any" or self.waits_for_gate())

        def finish():
            self.timer.left -= 1

        return wait(ready, finish)

    def waits_for_gate(self):
        return any(
            len(self.timelines.handles[held.timeline].gate.closers) > 0 for held in owned(self.timelines.handles.Handle)
        )

    # --- the pageserver's side ---------------------------------------------------------------------

    @awaitable
    def accepted(self):
        def ready():
            return self.in_progress

        return wait(ready)

    @task
    async def upsert(self):
        """`upsert_location`, slow path. Without a timeout, like all that it waits for."""
        while True:
            await at("requests", rest(self.accepted()))
            if self.is_attached():
                await self.timelines.shutdown(self.incarnations - 1)
            self.config = self.wanted
            if self.is_attached():
                self.newest = self.wanted_newest
                self.incarnations += 1
            self.in_progress = False

    @awaitable
    def resolve(self):
        """For page_service: a slot in progress is waited for. None: there is nothing attached here."""

        def ready():
            return not self.in_progress

        def finish():
            if not self.is_attached():
                return None
            return self.incarnations - 1

        return wait(ready, finish)
