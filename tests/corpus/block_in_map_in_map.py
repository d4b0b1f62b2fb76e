"""The guard of a lock belongs to one block, also where an array of blocks stands in an array."""

from model import Block, Expect, Int, Map, Spec, progress, step, task
from model.mutex import Mutex


class Room(Block):
    Door = Int(0, 1)

    locks = Map(Door, Mutex())


class Nested(Spec):
    Floor = Int(0, 1)

    rooms = Map(Floor, Room())

    @task(over=Floor)
    async def worker(self, me):
        with await self.rooms[0].locks[me].lock():
            with await self.rooms[1].locks[me].lock():
                await step()

    ends = progress(worker)

    EXPECTED = (Expect("holds", states=25, transitions=40, depth=9),)
