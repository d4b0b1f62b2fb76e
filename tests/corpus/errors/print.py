# expect: K012 line 12

from model import Bool, Spec, step, task


class Printing(Spec):
    a = Bool()

    @task
    async def run(self):
        await step()
        print("hello")
