# expect: K034 line 14

from model import Own, Spec, step, task
from model.mutex import Mutex


class Copying(Spec):
    mutex = Mutex()
    kept = Own(mutex.Guard)

    @task
    async def run(self):
        guard = await self.mutex.lock()
        self.kept = guard
        await step()
