"""Time without a clock: a timer may go off at any moment after it was started."""

from model import Block, Bool, awaitable, fault, obliged, param, rest, task, wait


class Timer(Block):
    """`await self.sleep.elapsed()` starts it and waits; one waiter at a time.

    It goes off by an action of an actor of its own, named like the block. By default that is a *fault*: a timeout, on
    which nobody may rely. With `must=True` it is obliged: a sleep, which ends. A timeout of a wait is

        got = await first(answer=self.socket.client_read(), late=self.timeout.elapsed())

    Cancel-safe: a wait that is dropped stops it.
    """

    must = param(Bool(), default=False)

    running = Bool()
    rang = Bool()

    @awaitable
    def elapsed(self):
        def start():
            assert not self.running and not self.rang, "a timer has one waiter"
            self.running = True

        def ready():
            return self.rang

        def finish():
            self.rang = False

        def drop():
            self.running = False
            self.rang = False

        return wait(start, ready, finish, drop)

    @awaitable
    def tick(self):
        def ready():
            return self.running

        def finish():
            self.running = False
            self.rang = True

        return wait(ready, finish)

    @task
    async def run(self):
        while True:
            if self.must:
                await rest(obliged(self.tick()))
            else:
                await rest(fault(self.tick()))
