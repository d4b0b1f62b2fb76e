# expect: K010 line 15

from model import Bool, Int, Record, Spec, step, task


class Matching(Spec):
    Pair = Record(x=Int(0, 1), y=Int(0, 1))
    p = Pair
    a = Bool()

    @task
    async def run(self):
        await step()
        match self.p:
            case Pair(x=0, y=1):
                self.a = True
