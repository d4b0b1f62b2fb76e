"""Maps: indexed by values of the state, `init` for every element, nested, keyed by an Enum."""

from model import Enum, Expect, Int, Map, Spec, any_value, invariant, step, task


class Maps(Spec):
    Who = Enum("left", "right")
    N = Int(0, 2)
    m = Map(Who, Int(0, 5), init=3)
    grid = Map(N, Map(N, Int(0, 9)))
    i = Int(0, 2, init=any_value)
    j = Int(0, 2, init=any_value)

    @task
    async def run(self):
        await step()
        self.m["left"] += 1
        self.grid[self.i][self.j] = self.m["left"] + self.m["right"]

    @invariant
    def one_element(self):
        total = sum(self.grid[a][b] for a in self.N for b in self.N)
        return total == self.grid[self.i][self.j] and self.m["right"] == 3

    EXPECTED = (Expect("holds", states=18, transitions=9, depth=2),)
