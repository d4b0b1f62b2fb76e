"""Conformance of `Timer`: a sleep ends, a timeout need not, a wait that is dropped stops it."""

from model import Bool, Expect, Int, Spec, first, invariant, param, sometimes, task
from model.timer import Timer
from model.token import Token


class TimerSuite(Spec):
    must = param(Bool(), default=True)
    answered = param(Bool(), default=False)
    rounds = param(Int(1, 2), default=2)

    timer = Timer(must)
    answer = Token()
    late = Int(0, rounds)
    early = Int(0, rounds)

    @task
    async def sleeper(self):
        for _ in range(self.rounds):
            got = await first(answer=self.answer.fired(), late=self.timer.elapsed())
            if got.late:
                self.late += 1
            else:
                self.early += 1

    @task(when=answered)
    async def answers(self):
        self.answer.cancel()

    @invariant
    def stopped_when_nobody_waits(self):
        return not self.sleeper.finished or not (self.timer.running or self.timer.rang)

    @sometimes
    def goes_off(self):
        return self.late == self.rounds

    @sometimes(when=answered)
    def loses(self):
        return self.early == self.rounds

    EXPECTED = (
        Expect("holds", states=6, transitions=5, depth=6),
        Expect("holds", answered=True, states=16, transitions=21, depth=7),
        Expect("holds", answered=True, must=False, states=16, transitions=21, depth=7),
        Expect("orphan", must=False, states=2, transitions=1, depth=2),  # nobody may rely on a timeout
    )
