"""Liveness declared in a block: one property an instance and key; who owes nothing need not act."""

from model import Block, Bool, Expect, Int, Map, Spec, always_eventually, at, leads_to, may, param, step, task


class Bell(Block):
    rung = Bool()
    heard = Bool()

    heard_at_last = leads_to(lambda self: self.rung, lambda self: self.heard)

    @task
    async def run(self):
        await at("hang", step())
        self.rung = True
        await at("sound", step())
        self.heard = True


class Bells(Spec):
    demanded = param("no", "yes", default="no")

    Tower = Int(0, 1)

    church = Map(Tower, Bell())
    door = Bell()
    open = Bool()

    @task(duty=may)
    async def sexton(self):
        while True:
            await at("come", step())
            self.open = not self.open

    opens = always_eventually(lambda self: self.open, when=demanded == "yes")

    EXPECTED = (
        Expect("holds", states=54, transitions=162, depth=8),
        Expect("always_eventually", demanded="yes", states=54, transitions=162, depth=8, violated=("opens",)),
    )
