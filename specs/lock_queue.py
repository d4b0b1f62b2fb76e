"""A lock queue: an ALTER TABLE that waits for an idle transaction keeps everybody behind it waiting, too (PostgreSQL).

A transaction that has read a table keeps its lock until it ends, and its client need not end it ("idle in
transaction"). A migration asks for the table alone and stands in the queue. From then on every query stands behind it,
though it would get on with the transaction that holds the lock. Nothing is deadlocked, and the server's own detector
finds nothing.

`lock_timeout=on`: the migration gives up its place after a while. What is abstracted away: that it tries again.
"""

from model import Expect, Int, Spec, at, first, may, param, progress, sometimes, step, task
from model.rwlock import RwLock
from model.timer import Timer


class LockQueue(Spec):
    lock_timeout = param("off", "on", default="off")
    queries = param(Int(1, 3), default=2)

    Query = Int(0, queries - 1)

    table = RwLock()
    timeout = Timer(must=True)

    @task
    async def transaction(self):
        with await at("select", self.table.read()):
            await at("idle in transaction", may(step()))

    @task
    async def migration(self):
        if self.lock_timeout == "off":
            with await at("alter", self.table.write()):
                await at("rewrite", step())
        else:
            await at("alter", first(altered=self.alter(), late=self.timeout.elapsed()))

    async def alter(self):
        with await at("lock", self.table.write()):
            await at("rewrite", step())

    @task(over=Query)
    async def query(self, me):
        with await at("select", self.table.read()):
            await at("work", step())

    queries_end = progress(query)

    @sometimes
    def the_migration_waits_for_the_transaction(self):
        return self.transaction.at("idle in transaction") and self.migration.at("alter")

    EXPECTED = (
        Expect("hostage", states=124, transitions=174, depth=5),
        Expect("holds", lock_timeout="on", states=862, transitions=2634, depth=15),
        Expect("holds", lock_timeout="on", queries=3, states=4752, transitions=15946, depth=18),
    )
