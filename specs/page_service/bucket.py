"""The token bucket of `pagestream_throttle`."""

from model import Block, Bool, at, awaitable, may, rest, task, wait


class TokenBucket(Block):
    """Who is refilled when is up to the traffic of others: a token may come, nobody owes it."""

    asked = Bool()
    granted = Bool()

    @awaitable
    def token(self):
        def start():
            self.asked = True

        def ready():
            return self.granted

        def finish():
            self.withdraw()

        def drop():
            self.withdraw()

        return wait(start, ready, finish, drop)

    def withdraw(self):
        self.asked = False
        self.granted = False

    @awaitable
    def demand(self):
        def ready():
            return self.asked and not self.granted

        def finish():
            self.granted = True

        return wait(ready, finish)

    @task(duty=may)
    async def run(self):
        while True:
            await at("refill", rest(self.demand()))
