# expect: K003 line 1

from model import Block, Bool


class NotASpec(Block):
    a = Bool()
