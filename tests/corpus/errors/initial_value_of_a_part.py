# expect: K035 line 8
from model import Int, Map, Spec, actor


class Part(Spec):
    Worker = Int(0, 1)
    worker = actor(over=Worker)
    tokens = Map(Worker, Int(0, 2, init=1))
