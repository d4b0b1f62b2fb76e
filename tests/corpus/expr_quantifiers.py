"""`any`, `all`, `count`, `sum` over a type, a Seq, a Set, a tuple and a range, with conditions."""

from model import Bool, Expect, Int, Map, Seq, Set, Spec, any_value, count, invariant, step, task


class Quantifiers(Spec):
    W = Int(0, 2)
    up = Map(W, Bool(), init=any_value)
    s = Set(W)
    q = Seq(W, 3)

    @task
    async def run(self):
        await step()
        for w in self.W:
            if self.up[w]:
                self.s.add(w)
                self.q.append(w)

    @invariant
    def agree(self):
        return not self.run.finished or (
            count(self.up[w] for w in self.W) == len(self.s) == len(self.q) == sum(1 for w in self.W if self.up[w])
            and all(self.up[w] for w in self.s)
            and all(self.up[w] for w in self.q)
            and any(self.up[w] for w in self.W) == (len(self.q) > 0)
            and sum(w for w in self.s) == sum(w for w in self.q)
            and count(w in self.s for w in (0, 1, 2)) == count(w in self.q for w in range(3))
        )

    EXPECTED = (Expect("holds", states=16, transitions=8, depth=2),)
