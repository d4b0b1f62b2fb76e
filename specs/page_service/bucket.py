"""The token bucket of `pagestream_throttle`."""

from model import Block, Enum, awaitable, may, rest, task, wait


class TokenBucket(Block):
    """Who is refilled when is up to the traffic of others: a token may come, nobody owes it."""

    state = Enum("idle", "asked", "granted")

    @awaitable
    def token(self):
        def start():
            self.state = "asked"

        def ready():
            return self.state == "granted"

        def finish():
            self.state = "idle"

        def drop():
            self.state = "idle"

        return wait(start, ready, finish, drop)

    @awaitable
    def asked(self):
        def ready():
            return self.state == "asked"

        def finish():
            self.state = "granted"

        return wait(ready, finish)

    @task(duty=may)
    async def refill(self):
        while True:
            await rest(self.asked())
