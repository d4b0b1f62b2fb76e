"""Random expressions with every operator of the table, over variables of every type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from checker.ir.domains import BoolT, EnumT, IntT, MapT, OptionT, RecordT, SeqT, SetT, Type, Value, values
from checker.ir.nodes import Apply, Const, Expr, Field, Index, Make, Var, Variable
from checker.ir.ops import Op
from checker.ir.subtypes import natural

NUMBER = IntT(-2, 2)
COLOR = EnumT("Color", ("red", "green"))
PAIR = RecordT("Pair", (("x", NUMBER), ("slot", OptionT(NUMBER))))
TYPES: tuple[Type, ...] = (
    BoolT(),
    NUMBER,
    COLOR,
    OptionT(NUMBER),
    SetT(NUMBER),
    SeqT(NUMBER, 3),
    MapT(COLOR, NUMBER),
    MapT(IntT(0, 1), BoolT()),
    PAIR,
)


def random_variables(random: Random) -> tuple[Variable, ...]:
    """Return two variables of each type with one random first value each."""
    found = []
    for number, kind in enumerate(TYPES * 2):
        some = [value for value, _ in zip(values(kind), range(400), strict=False)]
        found.append(Variable(f"v{number}", kind, (random.choice(some),)))
    return tuple(found)


@dataclass(frozen=True)
class Expressions:
    """Makes well-typed expressions over `variables`."""

    random: Random
    variables: Sequence[Variable]

    def of(self, kind: Type, depth: int) -> Expr:
        """Return an expression of the type `kind`, give or take ranges and capacities."""
        if depth <= 0 or self.random.random() < 0.15:
            return self._leaf(kind)
        makers = {
            BoolT: self._bool,
            IntT: self._number,
            EnumT: self._color,
            OptionT: self._option,
            SetT: self._set,
            SeqT: self._seq,
            MapT: self._map,
            RecordT: self._record,
        }
        return makers[type(kind)](kind, depth - 1)

    def _leaf(self, kind: Type) -> Expr:
        known: list[Expr] = [Var(v.name, v.type) for v in self.variables if v.type == kind]
        if known and self.random.random() < 0.7:
            return self.random.choice(known)
        some: list[Value] = [value for value, _ in zip(values(kind), range(60), strict=False)]
        return Const(self.random.choice(some), kind)

    def _apply(self, op: Op, *args: Expr) -> Expr:
        return Apply(op, args, natural(Apply(op, args, BoolT())))

    def _if(self, kind: Type, depth: int) -> Expr:
        arms = (self.of(kind, depth), self.of(kind, depth))
        return self._apply(Op.ITE, self.of(BoolT(), depth), *arms)

    def _bool(self, _: Type, depth: int) -> Expr:
        op = self.random.choice(
            (
                Op.AND,
                Op.OR,
                Op.NOT,
                Op.ITE,
                Op.EQ,
                Op.EQ,
                Op.NE,
                Op.LT,
                Op.LE,
                Op.GT,
                Op.GE,
                Op.IS_NONE,
                Op.IN,
                Op.SUBSET,
            )
        )
        match op:
            case Op.AND | Op.OR:
                return self._apply(op, *(self.of(BoolT(), depth) for _ in range(self.random.choice((2, 3)))))
            case Op.NOT:
                return self._apply(op, self.of(BoolT(), depth))
            case Op.ITE:
                return self._if(BoolT(), depth)
            case Op.EQ | Op.NE:
                kind = self.random.choice(TYPES)
                other = NUMBER if kind == OptionT(NUMBER) and self.random.random() < 0.4 else kind
                return self._apply(op, self.of(kind, depth), self.of(other, depth))
            case Op.IS_NONE:
                return self._apply(op, self.of(OptionT(NUMBER), depth))
            case Op.IN:
                return self._apply(
                    op, self.of(NUMBER, depth), self.of(self.random.choice((SetT(NUMBER), SeqT(NUMBER, 3))), depth)
                )
            case Op.SUBSET:
                return self._apply(op, self.of(SetT(NUMBER), depth), self.of(SetT(NUMBER), depth))
            case _:
                return self._apply(op, self.of(NUMBER, depth), self.of(NUMBER, depth))

    def _number(self, kind: Type, depth: int) -> Expr:
        roll = self.random.choice(
            (
                Op.ADD,
                Op.SUB,
                Op.MUL,
                Op.DIV,
                Op.MOD,
                Op.NEG,
                Op.MIN,
                Op.MAX,
                Op.COUNT,
                Op.UNWRAP,
                Op.LEN,
                Op.ITE,
                "at",
                "x",
            )
        )
        match roll:
            case "at":
                base = self.of(self.random.choice((SeqT(NUMBER, 3), MapT(COLOR, NUMBER))), depth)
                index = self.of(COLOR, depth) if isinstance(base.type, MapT) else self.of(NUMBER, 0)
                return Index(base, index, NUMBER)
            case "x":
                return Field(self.of(PAIR, depth), "x", NUMBER)
            case Op.NEG:
                return self._apply(Op.NEG, self.of(NUMBER, depth))
            case Op.MIN | Op.MAX:
                return self._apply(roll, *(self.of(NUMBER, depth) for _ in range(self.random.choice((1, 2, 3)))))
            case Op.COUNT:
                return self._apply(Op.COUNT, *(self.of(BoolT(), depth) for _ in range(self.random.choice((1, 2, 3)))))
            case Op.UNWRAP:
                return self._apply(Op.UNWRAP, self.of(OptionT(NUMBER), depth))
            case Op.LEN:
                return self._apply(Op.LEN, self.of(self.random.choice((SeqT(NUMBER, 3), SetT(NUMBER))), depth))
            case Op.ITE:
                return self._if(kind, depth)
            case Op():
                return self._apply(roll, self.of(NUMBER, depth), self.of(NUMBER, depth))
            case _:
                raise AssertionError(roll)

    def _color(self, kind: Type, depth: int) -> Expr:
        return self._if(kind, depth)

    def _option(self, kind: Type, depth: int) -> Expr:
        if self.random.random() < 0.4:
            return Field(self.of(PAIR, depth), "slot", OptionT(NUMBER))
        arms = [self.of(kind, depth), self.of(self.random.choice((kind, NUMBER)), depth)]
        self.random.shuffle(arms)
        return self._apply(Op.ITE, self.of(BoolT(), depth), *arms)

    def _set(self, kind: Type, depth: int) -> Expr:
        op = self.random.choice((Op.UNION, Op.INTERSECT, Op.MINUS, Op.ITE, None))
        if op is None:
            return Make(tuple(self.of(NUMBER, depth) for _ in range(self.random.choice((0, 1, 2)))), kind)
        if op is Op.ITE:
            return self._if(kind, depth)
        return self._apply(op, self.of(kind, depth), self.of(kind, depth))

    def _seq(self, kind: Type, depth: int) -> Expr:
        op = self.random.choice((Op.APPEND, Op.TAIL, Op.REMOVE, Op.ITE, None))
        match op:
            case None:
                return Make(tuple(self.of(NUMBER, depth) for _ in range(self.random.choice((0, 1, 2)))), kind)
            case Op.ITE:
                return self._if(kind, depth)
            case Op.TAIL:
                return self._apply(op, self.of(kind, depth))
            case _:
                return self._apply(op, self.of(kind, depth), self.of(NUMBER, depth))

    def _map(self, kind: Type, depth: int) -> Expr:
        assert isinstance(kind, MapT)
        if self.random.random() < 0.5:
            return self._if(kind, depth)
        return Make(tuple(self._leaf(kind.value) for _ in values(kind.key)), kind)

    def _record(self, kind: Type, depth: int) -> Expr:
        if self.random.random() < 0.5:
            return self._if(kind, depth)
        return Make((self.of(NUMBER, depth), self.of(OptionT(NUMBER), depth)), kind)
