# expect: K004 line 4

from model import Spec
from model.channel import Chanel


class Importing(Spec):
    channel = Chanel()
