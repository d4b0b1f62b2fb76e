"""`me()` and the type Actor: a block that remembers who came last."""

from model import Actor, Block, Expect, Int, Option, Spec, awaitable, me, sometimes, task, wait


class Door(Block):
    last = Option(Actor)
    passed = Int(0, 9)

    @awaitable
    def go_through(self):
        def start():
            self.last = me()

        def ready():
            return self.last != me() or self.passed == 1

        def finish():
            self.passed += 1

        return wait(start, ready, finish)


class Doors(Spec):
    door = Door()
    Who = Int(0, 1)

    @task(over=Who)
    async def who(self, me):
        await self.door.go_through()

    @sometimes
    def both_pass(self):
        return self.door.passed == 2

    EXPECTED = (Expect("holds", states=9, transitions=8, depth=5),)
