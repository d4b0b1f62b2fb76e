"""`tokio_io_timeout::TimeoutReader`: ten minutes, then a reader of a silent client gives up."""

from model import Block, Bool, Enum, at, awaitable, fault, param, rest, task, wait


class TimeoutReader(Block):
    """Its clock runs only while a read is being waited for. That it expires is a fault: nobody relies on it."""

    enabled = param(Bool())

    clock = Enum("stopped", "running", "expired")

    @awaitable
    def expired(self):
        def start():
            if self.enabled:
                self.clock = "running"

        def ready():
            return self.enabled and self.clock == "expired"

        def finish():
            self.clock = "stopped"

        def drop():
            if self.enabled:
                self.clock = "stopped"

        return wait(start, ready, finish, drop)

    @awaitable
    def running(self):
        def ready():
            return self.clock == "running"

        def finish():
            self.clock = "expired"

        return wait(ready, finish)

    @task(duty=fault, when=enabled)
    async def ten_minutes(self):
        while True:
            await at("expire", rest(self.running()))
