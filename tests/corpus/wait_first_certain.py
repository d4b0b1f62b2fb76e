"""Of a selection whose first branch is always ready, no other branch is ever taken."""

from model import Bool, Expect, Spec, first, param, sometimes, task, until


class Certain(Spec):
    limit = param("none", "some", default="none")
    late = Bool()

    @task
    async def a(self):
        got = await first(now=until(lambda: self.limit == "none" or self.late), later=until(lambda: not self.late))
        assert got.now or self.limit == "some"
        self.late = True

    @sometimes
    def is_late(self):
        return self.late

    EXPECTED = (
        Expect("holds", states=2, transitions=1, depth=2),
        Expect("holds", limit="some", states=2, transitions=1, depth=2),
    )
