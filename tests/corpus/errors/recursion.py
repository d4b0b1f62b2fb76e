# expect: K014 line 10

from model import Int, Spec, step, task


class Recursing(Spec):
    a = Int(0, 9)

    def down(self, n):
        return 0 if n == 0 else self.down(n - 1)

    @task
    async def run(self):
        await step()
        self.a = self.down(self.a)
