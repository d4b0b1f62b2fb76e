# expect: K002 line 7

from model import Int, Spec


class Huge(Spec):
    a = Int(0, 99999999999999999999999999)
