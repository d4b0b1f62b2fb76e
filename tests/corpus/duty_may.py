"""A `may` actor need not act: waiting for it is a hostage situation when progress is demanded."""

from model import Bool, Expect, Spec, may, param, progress, task
from model.token import Token


class May(Spec):
    demanded = param(Bool(), default=True)
    duty = param("obliged", "may", default="may")
    token = Token()

    @task(duty=may, when=duty == "may")
    async def reader(self):
        self.token.cancel()

    @task(when=duty == "obliged")
    async def server(self):
        self.token.cancel()

    @task(when=demanded)
    async def stop(self):
        await self.token.fired()

    @task(when=not demanded)
    async def idle(self):
        await self.token.fired()

    ends = progress(stop)

    EXPECTED = (
        Expect("hostage", states=1, transitions=0, depth=1),
        Expect("holds", demanded=False, states=3, transitions=2, depth=3),
        Expect("holds", duty="obliged", states=3, transitions=2, depth=3),
    )
