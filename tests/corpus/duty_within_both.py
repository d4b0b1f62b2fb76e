"""The duty of one wait beside others: nobody owes it that `left` goes on, so `run` may be held up for ever."""

from model import Expect, Spec, both, fault, may, param, progress, task
from model.token import Token


class Both(Spec):
    wrapped = param("no", "may", "fault", default="may")

    one = Token()
    two = Token()

    @task
    async def run(self):
        if self.wrapped == "may":
            await both(left=may(self.one.fired()), right=self.two.fired())
        elif self.wrapped == "fault":
            await both(left=fault(self.one.fired()), right=self.two.fired())
        else:
            await both(left=self.one.fired(), right=self.two.fired())

    @task
    async def other(self):
        self.one.cancel()
        self.two.cancel()

    ends = progress(run)

    EXPECTED = (
        Expect("holds", wrapped="no"),
        Expect("hostage", wrapped="may"),
        Expect("orphan", wrapped="fault"),
    )
