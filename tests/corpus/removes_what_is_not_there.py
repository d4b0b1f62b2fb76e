"""`remove` of what is not there is a violation, as in Python; `discard` is none."""

from model import Expect, Int, Seq, Set, Spec, param, step, task


class Removes(Spec):
    of = param("seq", "set", "neither", default="seq")

    queue = Seq(Int(0, 3), 2)
    names = Set(Int(0, 3))

    @task
    async def run(self):
        self.queue.append(1)
        self.names.add(1)
        await step()
        if self.of == "seq":
            self.queue.remove(2)
        elif self.of == "set":
            self.names.remove(2)
        else:
            self.queue.remove(1)
            self.names.remove(1)
            self.names.discard(1)

    EXPECTED = (
        Expect("range", states=2, transitions=1, depth=2),
        Expect("range", of="set", states=2, transitions=1, depth=2),
        Expect("holds", of="neither", states=3, transitions=2, depth=3),
    )
