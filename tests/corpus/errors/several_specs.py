# expect: K003 line 1

from model import Bool, Spec


class One(Spec):
    a = Bool()


class Two(Spec):
    a = Bool()
