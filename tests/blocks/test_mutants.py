"""A suite that cannot fail shows nothing: each of these blocks is wrong in one place, and its suite says so."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from checker import check
from tests.support.expected import ROOT, rows_of, unmet, verdict


class Mutant(NamedTuple):
    block: str  # module of `model` and its suite
    says: str
    instead: str


MUTANTS = (
    Mutant("channel", "self.waiting[0] == me()", "True"),
    Mutant("channel", "len(self.queue) < self.capacity", "True"),
    Mutant("channel", "return self.queue.pop(0)", "return self.queue[0]"),
    Mutant("channel", "len(self.queue) > 0 or self.senders_left == 0", "len(self.queue) > 0"),
    Mutant("channel", "        self.queue.clear()\n", ""),
    Mutant(
        "channel", "        def drop():\n            if self.senders > 1:", "        def drop():\n            if False:"
    ),
    Mutant("rendezvous", "self.taken[me()] or self.receiver_gone", "True"),
    Mutant("rendezvous", "self.taken[me()] or self.receiver_gone", "self.taken[me()]"),
    Mutant("rendezvous", "            self.waiting.remove(sender)\n", ""),
    Mutant("fold", "self.value is None or self.can_fold(self.value, item)", "self.value is None"),
    Mutant("fold", "or self.can_fold(self.value, item)", "or True"),
    Mutant("fold", "self.value is not None or self.sender_gone", "self.value is not None"),
    Mutant("fold", "            drop(self.value)\n", "            pass\n"),
    Mutant("gate", "self.closed or len(self.closers) > 0", "self.closed"),
    Mutant("gate", "all(guard.gate != self.key for guard in owned(self.Guard))", "True"),
    Mutant(
        "gate", "        def drop():\n            self.closers.discard(me())", "        def drop():\n            pass"
    ),
    Mutant("token", "self.cancelled or self.parent.is_cancelled()", "self.cancelled"),
    Mutant("mutex", "self.waiting[0] == me() and all", "all"),
    Mutant("mutex", " and all(guard.mutex != self.key for guard in owned(self.Guard))", ""),
    Mutant(
        "mutex", "        def drop():\n            self.waiting.remove(me())", "        def drop():\n            pass"
    ),
    Mutant("semaphore", "self.permits - units", "self.permits"),
    Mutant("semaphore", "self.permits - units", "self.permits - units - 1"),
    Mutant("semaphore", "self.waiting[0] == me()\n                and count", "count"),
    Mutant(
        "semaphore",
        "        def drop():\n            self.waiting.remove(me())",
        "        def drop():\n            pass",
    ),
    Mutant("rwlock", "self.waiting[0] == me() and all", "all"),
    Mutant(
        "rwlock",
        "self.waiting[0] == me() and all(guard.lock != self.key for guard in owned(self.WriteGuard))",
        "self.waiting[0] == me()",
    ),
    Mutant("rwlock", "                and all(guard.lock != self.key for guard in owned(self.ReadGuard))\n", ""),
    Mutant("sock", "return len(self.s2c) < self.to_client", "return True"),
    Mutant("sock", "if self.client_closed or self.server_closed:", "if False:"),
    Mutant("sock", "len(self.c2s) > 0 or self.client_closed or self.server_closed", "len(self.c2s) > 0"),
    Mutant("sock", "        self.s2c.clear()\n", ""),
    Mutant("join", "return self.ended", "return True"),
    Mutant("watch", "            self.seen[receiver] = False\n", "            pass\n"),
    Mutant("watch", "not self.seen[receiver] or self.sender_gone", "not self.seen[receiver]"),
    Mutant("notify", "                self.notify_one()\n", ""),
    Mutant("notify", "            self.permit = True\n", "            pass\n"),
    Mutant("notify", "                self.permit = False\n", ""),
    Mutant("timer", "        def drop():\n            self.running = False\n", "        def drop():\n"),
    Mutant("timer", "return self.rang", "return True"),
    Mutant("handle", "            drop(self.inner[cache])\n", "            pass\n"),
    Mutant("handle", "if guard is None or self.down:", "if guard is None:"),
    Mutant("handle", "            self.down = True\n", ""),
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: f"{m.block}: {' '.join(m.says.split())[:60]}")
def test_suite_notices_a_wrong_block(mutant: Mutant, tmp_path: Path) -> None:
    source = (ROOT.parent / f"model/{mutant.block}.py").read_text(encoding="utf-8")
    assert mutant.says in source
    (tmp_path / "mutant.py").write_text(source.replace(mutant.says, mutant.instead, 1), encoding="utf-8")
    suite = (ROOT / f"blocks/{mutant.block}.py").read_text(encoding="utf-8")
    path = tmp_path / "suite.py"
    path.write_text(suite.replace(f"from model.{mutant.block} import", "from mutant import"), encoding="utf-8")
    assert any(noticed(path, dict(row.settings), row.verdict) for row in rows_of(path))


def noticed(path: Path, settings: dict[str, str], declared: str) -> bool:
    """Tell whether a row comes out otherwise than declared."""
    report = check(str(path), options=None, **settings)
    return verdict(report) != declared or (declared == "holds" and bool(unmet(report)))
