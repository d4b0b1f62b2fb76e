"""The handle of a spawned task: wait for its end, take its result."""

from model import Block, Bool, Option, Type, awaitable, move, param, wait


class JoinHandle(Block):
    """The task says `self.handle.complete(result)` as its last step; who spawned it awaits `self.handle.join()`.

    `join` gives the result, or None for a task that ended without one (`abandon`: aborted, panicked). A `join` that is
    dropped took nothing and stops nothing: a spawned task runs on, whoever waits for it. Aborting is a `Token` that the
    task listens to.
    """

    Result = param(Type)

    result = Option(Result)
    ended = Bool()

    def complete(self, result: Result):
        assert not self.ended, "a task ends once"
        self.result = move(result)
        self.ended = True

    def abandon(self):
        assert not self.ended, "a task ends once"
        self.ended = True

    @awaitable
    def join(self):
        def ready():
            return self.ended

        def finish():
            if self.result is None:
                return None
            return move(self.result)

        return wait(ready, finish)
