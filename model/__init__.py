"""The spec language: every name a spec is written with. Blocks are modules beside this one."""

from model.actors import action, actor, fault, may, obliged, participant, task
from model.domains import Actor, Bool, Enum, Function, Int, Key, Map, Option, Own, Record, Seq, Set, Type, any_value
from model.placeholder import NotExecutable
from model.properties import always_eventually, eventually, invariant, leads_to, progress, sometimes, transition
from model.steps import choose, count, drop, move, own, owned, require
from model.structure import Block, Expect, Spec, excludes, param
from model.waits import any_of, at, awaitable, both, first, me, rest, step, until, wait

__all__ = [
    "Actor",
    "Block",
    "Bool",
    "Enum",
    "Expect",
    "Function",
    "Int",
    "Key",
    "Map",
    "NotExecutable",
    "Option",
    "Own",
    "Record",
    "Seq",
    "Set",
    "Spec",
    "Type",
    "action",
    "actor",
    "always_eventually",
    "any_of",
    "any_value",
    "at",
    "awaitable",
    "both",
    "choose",
    "count",
    "drop",
    "eventually",
    "excludes",
    "fault",
    "first",
    "invariant",
    "leads_to",
    "may",
    "me",
    "move",
    "obliged",
    "own",
    "owned",
    "param",
    "participant",
    "progress",
    "require",
    "rest",
    "sometimes",
    "step",
    "task",
    "transition",
    "until",
    "wait",
]
