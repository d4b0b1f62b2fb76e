"""A branch whose own branches have all finished does not rest: that it may go on excuses nobody who waits for it."""

from model import Expect, Spec, both, first, may, progress, step, task


class Idling(Spec):
    @task
    async def main(self):
        await first(work=self.work(), leaves=may(step()))

    async def work(self):
        await may(both(part=self.part()))

    async def part(self):
        pass

    ends = progress(main)

    EXPECTED = (Expect("hostage", states=5, transitions=5, depth=4),)
