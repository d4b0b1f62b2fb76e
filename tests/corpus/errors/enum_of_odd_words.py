# expect: K031 line 7

from model import Enum, Spec, actor


class Odd(Spec):
    Way = Enum("a", "a, b")
    walker = actor(over=Way)
