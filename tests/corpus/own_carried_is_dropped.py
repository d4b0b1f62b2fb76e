"""What a dropped wait carried is dropped with it."""

from model import Bool, Expect, Own, Record, Spec, first, invariant, owned, sometimes, step, task
from model.channel import Channel
from model.token import Token


class Carried(Spec):
    Ring = Record(gold=Bool())
    Parcel = Record(ring=Own(Ring))
    channel = Channel(Parcel, capacity=1)
    stop = Token()
    given_up = Bool()

    @task
    async def stopper(self):
        await step()
        self.stop.cancel()

    @task
    async def run(self):
        await self.channel.send(self.Parcel())
        await first(sent=self.channel.send(self.Parcel(ring=self.Ring())), gave_up=self.stop.fired())
        self.given_up = True

    @invariant
    def gone(self):
        return not self.given_up or not any(True for _ in owned(self.Ring))

    @sometimes
    def was_there(self):
        return any(True for _ in owned(self.Ring))

    EXPECTED = (Expect("holds", states=7, transitions=8, depth=5),)
