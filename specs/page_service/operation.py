"""A spawned future and the handle it is joined by."""

from model import Block, Enum, awaitable, wait


class Operation(Block):
    """`spawn()` asks for it, `spawned()` is where its task waits for work, `joined()` waits for its end."""

    state = Enum("idle", "running", "over")

    def spawn(self):
        self.state = "running"

    def complete(self):
        self.state = "over"

    @awaitable
    def spawned(self):
        def ready():
            return self.state == "running"

        return wait(ready)

    @awaitable
    def joined(self):
        def ready():
            return self.state == "over"

        return wait(ready)
