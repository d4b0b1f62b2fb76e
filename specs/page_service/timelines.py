"""Timelines: cancellation, handles and gate, and the order in which a shutdown ends them (PAGE_SERVICE 8-10)."""

from model import Block, Bool, Map, Type, at, param, step
from model.handle import Handles
from model.token import Token


class Timelines(Block):
    """`tenant/timeline.rs`. A value of `Timeline` is one incarnation: a re-attached location has a new one."""

    Timeline = param(Type)
    Cache = param(Type)
    kind = param("strong", "weak")
    twice = param("noop", "panics")
    ingest = param(Bool())  # whether anybody waits for ingest

    cancels = Map(Timeline, Token())
    handles = Map(Timeline, Handles(Cache, kind=kind, twice=twice))
    walreceiver = Map(Timeline, Bool(), init=True)

    async def shutdown(self, timeline: Timeline):
        """`Timeline::shutdown(Hard)`. `gate` stands for the timeline's own tasks too: they end at once."""
        if self.ingest:
            self.walreceiver[timeline] = False
            await at("ingest_stopped", step())
        self.cancels[timeline].cancel()
        await at("cancelled", step())
        await self.handles[timeline].shutdown()
        await at("gate", self.handles[timeline].gate.close())
