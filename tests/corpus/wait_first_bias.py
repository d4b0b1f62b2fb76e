"""With both ready from the start, the second branch of `first` never wins, that of `any_of` may."""

from model import Bool, Expect, Spec, any_of, first, invariant, param, task
from model.token import Token


class Bias(Spec):
    biased = param(Bool(), default=True)
    a = Token()
    b = Token()
    second = Bool()

    @task
    async def run(self):
        self.a.cancel()
        self.b.cancel()
        if self.biased:
            got = await first(a=self.a.fired(), b=self.b.fired())
            self.second = got.b
        else:
            other = await any_of(a=self.a.fired(), b=self.b.fired())
            self.second = other.b

    @invariant
    def never_the_second(self):
        return not self.second

    EXPECTED = (
        Expect("holds", states=3, transitions=2, depth=3),
        Expect("invariant", biased=False, states=4, transitions=3, depth=3),
    )
