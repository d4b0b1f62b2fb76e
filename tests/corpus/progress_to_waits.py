"""`progress(actor, to=…)` out of reach because of a wait: the finding says who waits for whom."""

from model import Bool, Expect, Spec, at, may, progress, step, task, until


class FullRoom(Spec):
    full = Bool()

    @task
    async def writer(self):
        while True:
            await at("try", step())
            self.full = True
            await at("room", until(lambda: not self.full))

    @task(duty=may)
    async def reader(self):
        while True:
            await until(lambda: self.full)
            self.full = False

    comes = progress(writer, to=lambda self: self.writer.at("try"))

    EXPECTED = (Expect("progress", states=4, transitions=4, depth=4),)
