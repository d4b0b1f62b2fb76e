"""Random small action systems with everything the semantics talks about, from one seeded generator.

Few variables of every type, variable indices, sums, counts, disjunctions, slots, queues, participants, resting,
finished, all duties, choices and branches. Every expression is well typed; many have no value in some states.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from hypothesis import strategies

from checker.ir.domains import (
    BoolT,
    EnumT,
    IntT,
    MapT,
    OptionT,
    OwnT,
    RecordT,
    SeqT,
    SetT,
    Type,
    Value,
    size,
    values,
)
from checker.ir.nodes import (
    FALSE,
    Action,
    Actor,
    Apply,
    Assert,
    Assign,
    Choose,
    Conjunct,
    Const,
    Duty,
    Expr,
    Field,
    If,
    Index,
    Make,
    Model,
    Place,
    Stmt,
    Temp,
    Var,
    Variable,
)
from checker.ir.ops import Op

BIT = IntT(0, 1)
TYPES: tuple[Type, ...] = (
    BoolT(),
    BIT,
    IntT(0, 2),
    EnumT("Place", ("a", "b", "c")),
    OptionT(BIT),
    OwnT(BIT),
    MapT(BIT, BoolT()),
    MapT(BIT, IntT(0, 2)),
    SeqT(BIT, 2),
    SetT(BIT),
    RecordT("Pair", (("x", BIT), ("y", BoolT()))),
    OptionT(RecordT("Box", (("n", BIT), ("full", BoolT())))),
)
SIMPLE: tuple[Type, ...] = (BoolT(), BIT, IntT(0, 2), EnumT("Place", ("a", "b", "c")))
COMPARE = (Op.EQ, Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE)


def random_model(random: Random, *, space: int = 160) -> Model:
    """Return a model of 2-4 actors and at most `space` combinations of values."""
    return Maker(random).model(space)


def models(*, space: int = 160) -> strategies.SearchStrategy[Model]:
    """Random models for Hypothesis."""
    return strategies.randoms(use_true_random=False).map(lambda random: random_model(random, space=space))


def bool_of(op: Op, *args: Expr) -> Expr:
    return Apply(op, args, BoolT())


@dataclass
class Maker:
    random: Random

    def model(self, space: int) -> Model:
        names = [f"A{i}" for i in range(self.random.choice((2, 3, 3, 4)))]
        self.variables = self._variables(names, space)
        actors = tuple(self._actor(name) for name in names)
        actions = tuple(
            self._action(f"{actor.name}.{n}", actor, names) for actor in actors for n in range(self._pick(1, 2, 2, 3))
        )
        return Model("random", (), self.variables, actors, actions, ())

    def _pick(self, *options: int) -> int:
        return self.random.choice(options)

    def _chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def _variables(self, names: list[str], space: int) -> tuple[Variable, ...]:
        found: list[Variable] = []
        for n in range(self._pick(2, 3, 3, 4, 4)):
            kind = self.random.choice(TYPES if self._chance(0.6) else SIMPLE)
            if size(kind) > space:
                continue
            space //= size(kind)
            domain = list(values(kind))
            inits = tuple(domain) if self._chance(0.1) else (self.random.choice(domain),)
            owner = self.random.choice(names) if self._chance(0.3) else ""
            found.append(Variable(f"v{n}", kind, inits, owner))
        return tuple(found)

    def _actor(self, name: str) -> Actor:
        duty = self.random.choice((Duty.OBLIGED, Duty.OBLIGED, Duty.OBLIGED, Duty.MAY, Duty.FAULT))
        resting = self.condition(1) if self._chance(0.2) else FALSE
        finished = self.condition(1) if self._chance(0.2) else FALSE
        return Actor(name, duty, finished, resting)

    def _action(self, name: str, actor: Actor, names: list[str]) -> Action:
        duty = actor.duty if self._chance(0.85) else self.random.choice(list(Duty))
        guard = tuple(Conjunct(self.conjunct()) for _ in range(self._pick(0, 1, 1, 2, 2, 3)))
        written: list[str] = []
        update = self._block(actor.name, written, self._pick(1, 1, 2, 3), ())
        others = [n for n in names if n != actor.name]
        owners = {v.owner for v in self.variables if v.name in written and v.owner and v.owner != actor.name}
        if self._chance(0.15):
            owners.add(self.random.choice(others))
        return Action(name, actor.name, guard, update, duty, tuple(sorted(owners)))

    # --- statements ---

    def _block(self, owner: str, written: list[str], length: int, temps: tuple[Temp, ...]) -> tuple[Stmt, ...]:
        found: list[Stmt] = []
        for _ in range(length):
            roll = self.random.random()
            if roll < 0.12:
                found.append(
                    If(
                        self.condition(1, temps),
                        self._block(owner, written, 1, temps),
                        self._block(owner, written, self._pick(0, 1), temps),
                    )
                )
            elif roll < 0.2:
                temp = Temp(f"t{len(found)}{len(temps)}", BIT)
                found.append(Choose(temp, self._options(temps)))
                temps = (*temps, temp)
            elif roll < 0.25:
                found.append(Assert(self.condition(1, temps), "random"))
            else:
                found.append(self._assign(owner, written, temps))
        return tuple(found)

    def _options(self, temps: tuple[Temp, ...]) -> Expr:
        sets = [v for v in self.variables if v.type == SetT(BIT)]
        if sets and self._chance(0.5):
            return Var(sets[0].name, SetT(BIT))
        return Const(frozenset(self.random.choice(((0,), (1,), (0, 1)))), SetT(BIT))

    def _assign(self, owner: str, written: list[str], temps: tuple[Temp, ...]) -> Stmt:
        mine = [v for v in self.variables if v.owner in ("", owner)]
        variable = self.random.choice(mine if mine and self._chance(0.8) else self.variables)
        written.append(variable.name)
        whole = Var(variable.name, variable.type)
        place: Place = whole
        match variable.type:
            case MapT(key, item) if self._chance(0.8):
                place = Index(whole, self.expr(key, 1, temps), item)
            case RecordT(_, fields) if self._chance(0.7):
                name, kind = self.random.choice(fields)
                place = Field(whole, name, kind)
            case OptionT(RecordT(_, fields) as record) if self._chance(0.3):
                name, kind = self.random.choice(fields)
                place = Field(Apply(Op.UNWRAP, (whole,), record), name, kind)
            case SeqT(item, _) if self._chance(0.2):
                place = Index(whole, self.expr(BIT, 0, temps), item)
            case _:
                pass
        return Assign(place, self._new_value(place, temps))

    def _new_value(self, place: Place, temps: tuple[Temp, ...]) -> Expr:
        match place.type:
            case SeqT(item, _):
                step = self._pick(0, 0, 1, 1, 2, 3)
                if step == 0:
                    return Apply(Op.APPEND, (place, self.expr(item, 1, temps)), place.type)
                if step == 1:
                    return Apply(Op.TAIL, (place,), place.type)
                if step == 2:
                    return Apply(Op.REMOVE, (place, self.expr(item, 1, temps)), place.type)
            case IntT() if self._chance(0.5):
                step_by = Const(1, IntT(1, 1))
                op = self.random.choice((Op.ADD, Op.SUB))
                wide = IntT(place.type.lo - 1, place.type.hi + 1)
                return Apply(op, (place, step_by), wide)
            case SetT(item) if self._chance(0.7):
                op = self.random.choice((Op.UNION, Op.MINUS, Op.INTERSECT))
                return Apply(op, (place, Make((self.expr(item, 0, temps),), place.type)), place.type)
            case BoolT() if self._chance(0.7):
                return Const(self._chance(0.5), BoolT())
            case _:
                pass
        return self.expr(place.type, 1, temps)

    # --- expressions ---

    def conjunct(self) -> Expr:
        roll = self.random.random()
        if roll < 0.12:
            elements = tuple(self.condition(1) for _ in range(self._pick(2, 3)))
            bound = self.expr(IntT(0, 2), 0) if self._chance(0.3) else Const(self._pick(1, 2, 2), IntT(0, 2))
            op = self.random.choice((Op.GE, Op.GE, Op.GT, Op.LE, Op.LT))
            return bool_of(op, Apply(Op.COUNT, elements, IntT(0, len(elements))), bound)
        if roll < 0.3:
            return bool_of(Op.OR, self.condition(1), self.condition(1))
        return self.condition(1 if self._chance(0.6) else 2)

    def condition(self, depth: int, temps: tuple[Temp, ...] = ()) -> Expr:
        if depth > 1 and self._chance(0.5):
            op = self.random.choice((Op.AND, Op.OR, Op.NOT))
            count = 1 if op is Op.NOT else 2
            return bool_of(op, *(self.condition(depth - 1, temps) for _ in range(count)))
        variable = self.random.choice(self.variables)
        whole = Var(variable.name, variable.type)
        return self._about(whole, variable.type, depth, temps)

    def _about(self, place: Expr, kind: Type, depth: int, temps: tuple[Temp, ...]) -> Expr:
        match kind:
            case BoolT():
                return place if self._chance(0.5) else bool_of(Op.NOT, place)
            case IntT():
                left = Apply(Op.ADD, (place, self.expr(BIT, 0, temps)), IntT(0, 4)) if self._chance(0.2) else place
                return bool_of(self.random.choice(COMPARE), left, self.expr(kind, 0 if depth < 2 else 1, temps))
            case EnumT():
                return bool_of(self.random.choice((Op.EQ, Op.EQ, Op.NE)), place, self.expr(kind, 0, temps))
            case OptionT(item) | OwnT(item):
                roll = self._pick(0, 0, 1, 2)
                if roll == 0:
                    return bool_of(Op.IS_NONE, place)
                if roll == 1:
                    return bool_of(Op.NOT, bool_of(Op.IS_NONE, place))
                return self._about(Apply(Op.UNWRAP, (place,), item), item, depth, temps)
            case MapT(key, item):
                return self._about(Index(place, self.expr(key, depth, temps), item), item, depth, temps)
            case RecordT(_, fields):
                name, part = self.random.choice(fields)
                return self._about(Field(place, name, part), part, depth, temps)
            case SetT(item):
                if self._chance(0.3):
                    op = self.random.choice((Op.GE, Op.EQ))
                    return bool_of(op, Apply(Op.LEN, (place,), IntT(0, 2)), Const(1, IntT(1, 1)))
                return bool_of(Op.IN, self.expr(item, 0, temps), place)
            case SeqT(item, capacity):
                roll = self._pick(0, 0, 1, 1, 2)
                if roll == 0:
                    length = Apply(Op.LEN, (place,), IntT(0, capacity))
                    op = self.random.choice((Op.GT, Op.LT, Op.EQ))
                    return bool_of(op, length, Const(self._pick(0, 1, 2), IntT(0, 2)))
                if roll == 1:
                    return self._about(Index(place, Const(0, BIT), item), item, depth, temps)
                return bool_of(Op.IN, self.expr(item, 0, temps), place)

    def expr(self, kind: Type, depth: int, temps: tuple[Temp, ...] = ()) -> Expr:
        """Return an expression of type `kind`: a constant, a variable of that type, or something made of them."""
        same: list[Expr] = [Var(v.name, v.type) for v in self.variables if v.type == kind]
        same += [temp for temp in temps if temp.type == kind]
        if same and self._chance(0.4):
            return self.random.choice(same)
        if depth and kind == BIT and self._chance(0.3):
            nested = [v for v in self.variables if v.type == MapT(BIT, IntT(0, 2)) or v.type == OptionT(BIT)]
            if nested:
                return self._inside(self.random.choice(nested))
        return Const(self.random.choice(list(_some_values(kind))), kind)

    def _inside(self, variable: Variable) -> Expr:
        whole = Var(variable.name, variable.type)
        match variable.type:
            case MapT(key, item):
                return Index(whole, self.expr(key, 0), item)
            case _:
                return Apply(Op.UNWRAP, (whole,), BIT)


def _some_values(kind: Type) -> tuple[Value, ...]:
    return tuple(values(kind))
