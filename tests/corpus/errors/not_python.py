# expect: K001 line 6

from model import Bool, Spec


class Broken(Spec:
    a = Bool()
