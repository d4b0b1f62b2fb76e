"""What a report says of who holds, who rests and what is left full."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker import check
from checker.render.explain import cycle_chain
from checker.render.style import Style
from checker.render.text import render_report
from tests.frontend.front import HEADER

NESTED = """
from model.semaphore import Semaphore

class Nested(Spec):
    Client = Int(0, 1)
    pool = Semaphore(permits=2)

    @task(over=Client)
    async def client(self, me):
        with await at("borrow", self.pool.acquire(1)):
            with await at("check", self.pool.acquire(1)):
                await step()
"""

JOINED = """
class Joined(Spec):
    jobs = Int(0, 1)
    unfinished = Int(0, 1)

    @task
    async def worker(self):
        while True:
            await rest(until(lambda: self.jobs > 0))
            self.jobs = 0
            if choose((True, False)):
                self.unfinished = 0

    @task
    async def main(self):
        self.jobs = 1
        self.unfinished = 1
        await at("join", until(lambda: self.unfinished == 0))
"""

ITSELF = """
from model.mutex import Mutex

class Itself(Spec):
    mutex = Mutex()

    @task
    async def main(self):
        with await at("outer", self.mutex.lock()):
            with await at("inner", self.mutex.lock()):
                await step()
"""

LEFT = """
class Left(Spec):
    Conn = Record(id=Int(0, 1))
    pool = Map(Int(0, 1), Own(Conn))

    @task
    async def main(self):
        self.pool[1] = self.Conn(id=1)
        await step()
"""

CLOSED = """
class Closed(Spec):
    Sender = Record(open=Bool())
    queue = Seq(Int(0, 1), 1)

    @task
    async def main(self):
        sender = own(self.Sender())
        await until(lambda: self.worker.finished)
        drop(sender)

    @task
    async def worker(self):
        await until(lambda: len(self.queue) > 0 or count(True for _ in owned(self.Sender)) == 0)
"""

ASKED = """
class Asked(Spec):
    asked = Bool()
    served = Bool()
    gone = Bool()

    @task(duty=may)
    async def client(self):
        await at("ask", step())
        self.asked = True

    @task(duty=may)
    async def other(self):
        await at("look", step())

    @task(duty=fault)
    async def crash(self):
        await at("strike", step())
        self.gone = True

    @task
    async def server(self):
        while True:
            await at("poll", step())
            if self.asked and not self.gone:
                self.served = True

    serves = progress(server, to=lambda self: self.served)
"""

CASES = (
    (ASKED, "nothing that is owed ever leads `server` to `self.served`"),
    (ASKED, "undone by: client.ask (may) reached"),
    (CLOSED, "waits in until for queue, held in `main.sender`"),
    (CLOSED, "where len(queue)=0"),
    (CLOSED, "waits in until for worker "),
    (NESTED, "held in `client[0].guard`, `client[1].guard`"),
    (NESTED, "where count=2, permits=2"),
    (JOINED, "needs worker (rests)"),
    (ITSELF, "needs main (itself)"),
    (LEFT, "✗ ownership `pool[1]` left full: who could empty it has finished"),
)


def written(text: str, folder: Path) -> str:
    path = folder / "spec.py"
    path.write_text(HEADER + text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(("text", "said"), CASES)
def test_said(text: str, said: str, tmp_path: Path) -> None:
    assert said in " ".join(render_report(check(written(text, tmp_path)), Style(200)).split())


def test_a_cycle_names_the_permit_of_the_one_who_is_waited_for(tmp_path: Path) -> None:
    graph = check(written(NESTED, tmp_path)).findings[0].graph
    assert graph is not None
    assert cycle_chain(graph) == (
        "client[0] → [pool.acquire, held in `client[1].guard`] → "
        "client[1] → [pool.acquire, held in `client[0].guard`] → client[0]"
    )
