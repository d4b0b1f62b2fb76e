"""Two services that ask each other, beside a heartbeat that never stops.

Each service has a mailbox; to answer, each first asks the other and waits for its answer. When both ask at the same
time neither looks into its mailbox: a deadlock. The heartbeat ticks on, so that every state has a successor: a checker
that calls only "no successor" a deadlock (SPIN, TLC) finds nothing here.

`ask=select` goes on serving while it waits for the answer. What is abstracted away: what is asked, and how often; each
service asks once.
"""

from model import Bool, Expect, Int, Map, Spec, any_of, at, awaitable, param, progress, sometimes, step, task, wait


class Heartbeat(Spec):
    ask = param("block", "select", default="block")

    Service = Int(0, 1)

    asked = Map(Service, Bool())  # a question is in this service's mailbox
    answered = Map(Service, Bool())  # an answer for this service has come
    served = Map(Service, Bool())
    beat = Bool()

    @task
    async def heartbeat(self):
        while True:
            await at("tick", step())
            self.beat = not self.beat

    @task(over=Service)
    async def service(self, me):
        await at("work", step())
        self.asked[1 - me] = True
        while not self.answered[me] or not self.served[me]:
            if self.answered[me]:
                await at("mailbox", self.question(me))
                self.answer(me)
            elif self.ask == "block" or self.served[me]:
                await at("answer", self.reply(me))
            else:
                got = await at("both", any_of(reply=self.reply(me), question=self.question(me)))
                if got.question:
                    self.answer(me)

    def answer(self, me: Service):
        self.served[me] = True
        self.answered[1 - me] = True

    @awaitable
    def reply(self, me: Service):
        def ready():
            return self.answered[me]

        return wait(ready)

    @awaitable
    def question(self, me: Service):
        def ready():
            return self.asked[me]

        return wait(ready)

    service_ends = progress(service)

    @sometimes
    def both_ask(self):
        return all(self.asked[s] for s in self.Service)

    EXPECTED = (
        Expect("deadlock", states=7, transitions=10, depth=3),
        Expect("holds", ask="select", states=22, transitions=50, depth=7),
    )
