# expect: K010 line 13

from model import Bool, Spec, step, task
from model.mutex import Mutex


class AsyncWith(Spec):
    mutex = Mutex()
    a = Bool()

    @task
    async def run(self):
        async with self.mutex.lock():
            await step()
