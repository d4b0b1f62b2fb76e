"""A declared location belongs to its actor wherever that is declared: in a block, an array of blocks, a family."""

from model import Block, Enum, Expect, Int, Map, Spec, action, actor, invariant, require


class Walker(Block):
    walker = actor(finished=lambda self: self.stands == "there")
    stands = Enum("here", "there", owner=walker)

    @action(walker)
    def go(self):
        require(self.stands == "here")
        self.stands = "there"


class Places(Spec):
    Member = Int(0, 1)
    alone = Walker()
    many = Map(Member, Walker())
    member = actor(over=Member, finished=lambda self, me: self.at[me] == "there")
    at = Map(Member, Enum("here", "there"), owner=member)

    @action(member)
    def go(self, me):
        require(self.at[me] == "here")
        self.at[me] = "there"

    @invariant
    def somewhere(self):
        return self.alone.stands in ("here", "there")

    EXPECTED = (Expect("holds", states=32, transitions=80, depth=6),)
