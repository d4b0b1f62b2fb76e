# expect: K002 line 7

from model import Map, Int, Set, Spec


class Huge(Spec):
    a = Map(Int(0, 999999999), Set(Int(0, 999999999)))
