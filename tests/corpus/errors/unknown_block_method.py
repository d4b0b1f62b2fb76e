# expect: K021 line 12

from model import Spec, task
from model.mutex import Mutex


class Unknown(Spec):
    mutex = Mutex()

    @task
    async def run(self):
        await self.mutex.acquire()
