# expect: K041 line 13

from model import Bool, Spec, action, actor, require, step


class Awaiting(Spec):
    a = Bool()
    setter = actor(finished=lambda self: self.a)

    @action(setter)
    async def set(self):
        require(not self.a)
        await step()
        self.a = True
