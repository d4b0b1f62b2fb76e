"""`rest(w, when=cond)` excuses waiting only while the condition holds."""

from model import Bool, Expect, Spec, any_value, rest, task
from model.token import Token


class RestWhen(Spec):
    allowed = Bool(init=any_value)
    token = Token()

    @task
    async def server(self):
        await rest(self.token.fired(), when=self.allowed)

    EXPECTED = (Expect("orphan", states=2, transitions=0, depth=1),)
