"""`match` over literals, alternatives and the wildcard."""

from model import Enum, Expect, Int, Spec, any_value, invariant, step, task


class Match(Spec):
    mode = Enum("idle", "busy", "down", "gone", init=any_value)
    arm = Int(0, 3)

    @task
    async def run(self):
        await step()
        match self.mode:
            case "idle":
                self.arm = 1
            case "busy" | "down":
                self.arm = 2
            case _:
                self.arm = 3

    @invariant
    def the_right_one(self):
        return (
            self.arm == 0
            or (self.arm == 1 and self.mode == "idle")
            or (self.arm == 2 and self.mode in ("busy", "down"))
            or (self.arm == 3 and self.mode == "gone")
        )

    EXPECTED = (Expect("holds", states=8, transitions=4, depth=2),)
