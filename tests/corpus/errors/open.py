# expect: K012 line 12

from model import Bool, Spec, step, task


class Opening(Spec):
    a = Bool()

    @task
    async def run(self):
        await step()
        x = open("/etc/passwd")
        self.a = True
