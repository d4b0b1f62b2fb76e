"""How large what a spec says may get: beyond these bounds it is refused (K002) instead of compiled for hours.

A file of a few lines can ask for a state of gigabytes, a thousand million tasks or an expression that doubles
sixty times. The bounds are far above what could be checked, and below what takes more than seconds to refuse.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from checker.ir.domains import BoolT, EnumT, IntT, MapT, OptionT, OwnT, RecordT, SeqT, SetT, Type, size
from checker.ir.nodes import Expr
from checker.ir.walk import children

MAX_BYTES = 1_000_000  # of a file
MAX_NESTING = 100  # of syntax
MAX_DIGITS = 18  # of a number
MANY = 10_000  # values gone through one by one; bits of a variable
MAX_ACTORS = 1_000
MAX_WORK = 50_000  # of a round, in evaluations; the largest spec of the catalogue needs some thousands
MAX_NODES = 50_000  # of an expression once everything is inlined
STATEMENT = 5  # what a statement costs of it
MAX_DEPTH = 150  # of an expression once everything is inlined: printers and evaluators recurse
MAX_INDENT = 80  # of conditions within a step: the generated text is indented by them
REMEMBERED = 1 << 12  # pieces of syntax about which a question is answered once: functions, loops, arguments
MAX_PATHS = 5_000  # pieces of code put together for one step


def bits(kind: Type) -> int:
    """Return about how many bits a value of `kind` takes; what is beyond `MANY` is not counted further."""
    total = 1
    match kind:
        case BoolT():
            pass
        case IntT(lo, hi):
            total = max(1, (hi - lo).bit_length())
        case EnumT(_, members):
            total = max(1, len(members).bit_length())
        case OptionT(item) | OwnT(item):
            total = 1 + bits(item)
        case RecordT(_, fields):
            total = sum(bits(part) for _, part in fields)
        case MapT(key, item):
            total = size(key) * bits(item)
        case SetT(item):
            total = size(item) if bits(item) < MANY.bit_length() else MANY + 1
        case SeqT(item, capacity, limit):
            total = capacity.bit_length() if limit else capacity * bits(item)
    return min(total, MANY + 1)


class Bulk(NamedTuple):
    """How much there is of an expression written out, and how deep it nests."""

    nodes: int
    depth: int


@dataclass(slots=True)
class Scales:
    """Weighs expressions, each part once: a part used twice is one object, but is written out twice."""

    known: dict[int, tuple[Expr, Bulk]] = field(default_factory=dict)  # kept alive: an id is an identity

    def weigh(self, expr: Expr) -> Bulk:
        found = self.known.get(id(expr))
        if found is None:
            parts = [self.weigh(part) for part in children(expr)]
            bulk = Bulk(1 + sum(part.nodes for part in parts), 1 + max((part.depth for part in parts), default=0))
            found = self.known[id(expr)] = expr, bulk
        return found[1]
