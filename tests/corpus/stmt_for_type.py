"""`for` over a type, a Seq and a tuple, with `break`."""

from model import Bool, Expect, Int, Map, Seq, Spec, sometimes, step, task


class For(Spec):
    Slot = Int(0, 2)
    taken = Map(Slot, Bool())
    q = Seq(Slot, 3)
    first_two = Int(0, 2)
    total = Int(0, 6)

    @task
    async def run(self):
        await step()
        for s in self.Slot:
            self.taken[s] = True
            self.q.append(s)
        await step()
        for s in self.q:
            if s == 2:
                break
            self.first_two += 1
        for n in (1, 2, 3):
            self.total += n

    @sometimes
    def done(self):
        return all(self.taken[s] for s in self.Slot) and len(self.q) == 3 and self.first_two == 2 and self.total == 6

    EXPECTED = (Expect("holds", states=3, transitions=2, depth=3),)
