"""Records: made, compared, changed in one field, nested."""

from model import Bool, Expect, Int, Record, Spec, sometimes, step, task


class Records(Spec):
    Point = Record(x=Int(0, 3), y=Int(0, 3))
    Line = Record(a=Point, b=Point, dashed=Bool())
    line = Line
    same = Bool()

    @task
    async def run(self):
        await step()
        self.line = self.Line(a=self.Point(x=1, y=2))
        self.line.b.x = self.line.a.x + 2
        self.line.dashed = True
        self.same = self.line.b == self.Point(x=3, y=0)

    @sometimes
    def done(self):
        return self.same and self.line.a.y == 2 and self.line.dashed

    EXPECTED = (Expect("holds", states=2, transitions=1, depth=2),)
