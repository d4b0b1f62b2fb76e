# expect: K010 line 12

from model import Int, Spec, step, task


class AsyncFor(Spec):
    a = Int(0, 3)

    @task
    async def run(self):
        await step()
        async for i in range(2):
            self.a = i
