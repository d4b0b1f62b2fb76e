# expect: K031 line 7

from model import Int, Seq, Spec


class Capacity(Spec):
    q = Seq(Int(0, 1), -1)
