"""A parent rests while those of its branches that have not finished do: one has, one waits for ever without fault."""

from model import Bool, Expect, Spec, any_of, both, may, param, rest, step, task, until


class Parent(Spec):
    rests = param(Bool(), default=True)
    asked = Bool()
    ended = Bool()

    async def serves(self):
        await until(lambda: self.ended)
        chosen = await any_of(leave=may(step()), stay=may(step()))
        if chosen.leave:
            return
        if self.rests:
            await rest(until(lambda: self.asked))
        else:
            await until(lambda: self.asked)

    async def ends(self):
        self.ended = True

    @task
    async def run(self):
        await both(serving=self.serves(), ending=self.ends())

    EXPECTED = (
        Expect("holds", states=9, transitions=9, depth=7),
        Expect("orphan", rests=False, states=8, transitions=8, depth=6),
    )
