# expect: K050 line 10

from model import Block, Bool, Spec, awaitable, task, wait


class Waits(Block):
    a = Bool()

    @awaitable
    def ever(self):
        def finish():
            self.a = True

        return wait(finish)


class Declaring(Spec):
    block = Waits()

    @task
    async def run(self):
        await self.block.ever()
