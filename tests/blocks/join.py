"""Conformance of `JoinHandle` and `Oneshot`: a result, an end without one, a join that is dropped."""

from model import Bool, Expect, Int, Option, Spec, first, invariant, may, param, sometimes, step, task
from model.channel import Oneshot
from model.join import JoinHandle
from model.token import Token


class JoinSuite(Spec):
    child = param("ends", "aborts", "hangs", default="ends")
    cancelled = param(Bool(), default=False)

    Answer = Int(1, 2)

    handle = JoinHandle(Answer)
    answer = Oneshot(Answer)
    never = Token()
    stop = Token()
    result = Option(Answer)
    joined = Bool()
    given_up = Bool()

    @task
    async def spawned(self):
        await step()
        if self.child == "hangs":
            await self.never.fired()
        if self.child == "aborts":
            self.answer.drop_sender()
            self.handle.abandon()
        else:
            self.answer.send(2)
            await step()
            self.handle.complete(1)

    @task
    async def parent(self):
        got = await first(result=self.handle.join(), stopped=self.stop.fired())
        if got.stopped:
            self.given_up = True
            return
        self.joined = True
        self.result = got.result

    @task
    async def listener(self):
        answer = await self.answer.recv()
        assert answer is None or answer == 2

    @task(duty=may, when=cancelled)
    async def canceller(self):
        self.stop.cancel()

    @invariant
    def joined_means_ended(self):
        return not self.joined or (self.spawned.finished and (self.result is None) == (self.child == "aborts"))

    @sometimes(when=child != "hangs")
    def ends(self):
        return self.joined

    @sometimes(when=cancelled)
    def runs_on_when_nobody_joins(self):
        return self.given_up and self.handle.ended

    EXPECTED = (
        Expect("holds", states=7, transitions=8, depth=5),
        Expect("holds", child="aborts", states=5, transitions=5, depth=4),
        Expect("holds", cancelled=True, states=19, transitions=31, depth=6),
        Expect("orphan", child="hangs", states=2, transitions=1, depth=2),
    )
