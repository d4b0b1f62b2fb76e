"""A task that goes round for ever without doing anything is neither stuck nor finished."""

from model import Bool, Expect, Spec, param, step, task


class Idling(Spec):
    twice = param(Bool(), default=False)

    @task
    async def idle(self):
        while True:
            await step()
            if self.twice:
                await step()

    EXPECTED = (
        Expect("holds", states=1, transitions=1, depth=1),
        Expect("holds", twice=True, states=2, transitions=2, depth=2),
    )
