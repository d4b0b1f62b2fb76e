"""Conformance of `Token` and `ChildToken`: a parent, a child, a grandchild; who listens to which."""

from model import Expect, Int, Spec, invariant, may, param, rest, sometimes, task, transition
from model.token import ChildToken, Token


class TokenSuite(Spec):
    fires = param("root", "middle", "leaf", default="root")

    root = Token()
    middle = ChildToken(root)
    leaf = ChildToken(middle)
    woken = Int(0, 3)

    @task(duty=may)
    async def operator(self):
        if self.fires == "root":
            self.root.cancel()
        elif self.fires == "middle":
            self.middle.cancel()
        else:
            self.leaf.cancel()

    @task
    async def on_root(self):
        await rest(self.root.fired())
        self.woken += 1

    @task
    async def on_middle(self):
        await rest(self.middle.fired())
        self.woken += 1

    @task
    async def on_leaf(self):
        await rest(self.leaf.fired())
        self.woken += 1

    @invariant
    def children_follow(self):
        return (not self.root.is_cancelled() or self.middle.is_cancelled()) and (
            not self.middle.is_cancelled() or self.leaf.is_cancelled()
        )

    @invariant
    def parents_do_not(self):
        return not (self.fires == "leaf" and self.middle.is_cancelled()) and not (
            self.fires == "middle" and self.root.is_cancelled()
        )

    @transition
    def fired_is_for_good(self, old):
        return not old.leaf.is_cancelled() or self.leaf.is_cancelled()

    @sometimes
    def all_who_listen_wake(self):
        return self.woken == (3 if self.fires == "root" else 2 if self.fires == "middle" else 1)

    EXPECTED = (
        Expect("holds", states=9, transitions=13, depth=5),
        Expect("holds", fires="middle", states=5, transitions=5, depth=4),
        Expect("holds", fires="leaf", states=3, transitions=2, depth=3),
    )
