# expect: K046 line 14

from model import Enum, Int, Map, Spec, action, actor, require


class Members(Spec):
    Member = Int(0, 1)
    member = actor(over=Member)
    at = Map(Member, Enum("here", "there"), owner=member)

    @action(member)
    def push(self, me):
        require(self.at[me] == "here")
        self.at[1 - me] = "there"
