# expect: K004 line 4

from model import Spec
from nowhere_to_be_found import Thing


class Importing(Spec):
    thing = Thing()
