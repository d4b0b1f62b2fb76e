"""Cancellation tokens (tokio-util's `CancellationToken`): fired once, for good; firing a parent fires its children."""

from model import Block, Bool, awaitable, param, wait


class Token(Block):
    """`await token.fired()` in a `first(…)` is how a wait listens. Cancel-safe: it holds nothing."""

    cancelled = Bool()

    def is_cancelled(self):
        return self.cancelled

    def cancel(self):
        self.cancelled = True

    @awaitable
    def fired(self):
        def ready():
            return self.is_cancelled()

        return wait(ready)


class ChildToken(Block):
    """A token that is fired by itself or with its parent, a `Token` or another `ChildToken`.

    Firing the child leaves the parent alone. Nothing is copied from parent to child: a child reads its parent, so
    that no state exists in which one of them is late.
    """

    parent = param(Block)

    cancelled = Bool()

    def is_cancelled(self):
        return self.cancelled or self.parent.is_cancelled()

    def cancel(self):
        self.cancelled = True

    @awaitable
    def fired(self):
        def ready():
            return self.is_cancelled()

        return wait(ready)
