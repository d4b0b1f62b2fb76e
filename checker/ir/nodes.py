"""The nodes of the IR: expressions, statements, actions, models.

Frozen records in closed unions: every function over one of them ends in `assert_never`, so that a
type checker names the case a new node has been forgotten in. Locations do not take part in equality.

A `Model` is what the engines see: one parameter set, everything static folded away. Quantifiers over
finite domains are already expanded; what an action does is straight-line code with `If` and `Choose`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from checker.ir.domains import BoolT, Type, Value
from checker.ir.ops import Op
from checker.loc import NOWHERE, Loc

State: TypeAlias = tuple[Value, ...]  # one value a variable, in the order of Model.variables


# --- expressions -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Const:
    value: Value
    type: Type = field(hash=False)  # costly, and equal parts mostly have equal types


@dataclass(frozen=True, slots=True)
class Var:
    """A state variable."""

    name: str
    type: Type = field(hash=False)


@dataclass(frozen=True, slots=True)
class Old:
    """A state variable as it was before the step; only in step properties."""

    name: str
    type: Type = field(hash=False)


@dataclass(frozen=True, slots=True)
class Temp:
    """A value that lives within one step: bound by `Assign` or `Choose`, not part of the state."""

    name: str
    type: Type = field(hash=False)


@dataclass(frozen=True, slots=True)
class Field:
    record: Expr
    name: str
    type: Type = field(hash=False)


@dataclass(frozen=True, slots=True)
class Index:
    """An element of a Map (by key) or of a Seq (by position from 0)."""

    base: Expr
    index: Expr
    type: Type = field(hash=False)


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator applied; what each operator means is in the table of `ops.py`."""

    op: Op
    args: tuple[Expr, ...]
    type: Type = field(hash=False)


@dataclass(frozen=True, slots=True)
class Make:
    """A Record (one item a field), a Map (one a key), a Seq or a Set (the items) built from parts."""

    items: tuple[Expr, ...]
    type: Type = field(hash=False)


Expr: TypeAlias = Const | Var | Old | Temp | Field | Index | Apply | Make
Place: TypeAlias = Var | Temp | Field | Index  # Field and Index only over places

TRUE = Const(True, BoolT())
FALSE = Const(False, BoolT())


# --- statements --------------------------------------------------------------------------------


class Fault(Enum):
    """Why a step fails: the kinds of safety violation a step itself can commit."""

    ASSERTION = "assertion"
    RANGE = "range"  # a value outside the type, an index outside, None unwrapped, a full Seq
    OWNERSHIP = "ownership"  # a full slot overwritten, an empty one moved from


@dataclass(frozen=True, slots=True)
class Assign:
    """Set a place. A value outside the place's type is a RANGE fault."""

    target: Place
    value: Expr
    loc: Loc = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class If:
    condition: Expr
    then: tuple[Stmt, ...]
    otherwise: tuple[Stmt, ...] = ()
    loc: Loc = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Choose:
    """Bind `target` to one of `options` (a Set); one successor per value, in the domain's order.

    Choosing from nothing is a RANGE fault.
    """

    target: Temp
    options: Expr
    loc: Loc = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Assert:
    condition: Expr
    message: str
    fault: Fault = Fault.ASSERTION
    loc: Loc = field(default=NOWHERE, compare=False, repr=False)


Stmt: TypeAlias = Assign | If | Choose | Assert


# --- actions and models ------------------------------------------------------------------------


class Duty(Enum):
    """Whether an action must happen (DESIGN: obliged, may, fault). Order is that of the levels."""

    OBLIGED = "obliged"
    MAY = "may"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Conjunct:
    """One conjunct of a guard. `resource` is what is waited for, in the spec's words (`gate`, `socket.write`).

    A key in it that only a state tells is the name of the variable that holds it: `gates[{closer.key}].close`.
    """

    expr: Expr
    resource: str = ""
    held_in: str = ""  # the slot that holds what is waited for: `batches.value.handle`
    location: bool = False  # about where the owner stands: false means "no alternative"
    loc: Loc = field(default=NOWHERE, compare=False, repr=False)
    text: str = field(default="", compare=False, repr=False)  # its source: `len(self.s2c) < self.to_client`
    constants: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)  # in it: `to_client`, `1`


@dataclass(frozen=True, slots=True)
class Action:
    """`owner` and `participants` move when it is taken."""

    name: str  # unique: `executor.flush.wrote`, `client[0].take(n=1)`
    owner: str
    guard: tuple[Conjunct, ...]  # location conjuncts first
    update: tuple[Stmt, ...]
    duty: Duty = Duty.OBLIGED
    participants: tuple[str, ...] = ()
    strong: bool = False  # strongly fair instead of weakly
    point: str = ""  # the await point it leaves, as a reader would say it: `flush`; "" in the action layer
    loc: Loc = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Actor:
    name: str
    duty: Duty
    finished: Expr = FALSE
    resting: Expr = FALSE
    parent: str = ""  # of a branch: the activity that awaits it
    loc: Loc = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    type: Type
    inits: tuple[Value, ...]  # initial states: the product over all variables; none for an unbounded parameter
    owner: str = ""  # the activity whose local or program counter it is
    loc: Loc = field(default=NOWHERE, compare=False, repr=False)
    fixed: bool = False  # its owner sets it on the way to a wait and nobody while it waits: which element is meant
    keyed: tuple[int, ...] = ()  # of blocks in Maps: after how many letters of the name a reader expects each key


@dataclass(frozen=True, slots=True)
class Invariant:
    """Must hold in every state. `fault`: it is not the spec's own, but a rule of the language of that kind."""

    name: str
    expr: Expr
    fault: Fault | None = None
    loc: Loc = field(default=NOWHERE, compare=False, repr=False)
    text: str = field(default="", compare=False, repr=False)  # the source of `expr`


@dataclass(frozen=True, slots=True)
class StepProperty:
    """Must hold of every step: over `Old` and `Var`."""

    name: str
    expr: Expr
    loc: Loc = field(default=NOWHERE, compare=False, repr=False)
    text: str = field(default="", compare=False, repr=False)  # the source of `expr`


@dataclass(frozen=True, slots=True)
class Sometimes:
    name: str
    expr: Expr
    loc: Loc = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Progress:
    """`actor` is never stuck; with `to`: obliged actions can always still reach `to` while it is unfinished."""

    name: str
    actor: str
    to: Expr | None = None
    loc: Loc = field(default=NOWHERE, compare=False, repr=False)
    text: str = field(default="", compare=False, repr=False)  # the source of `to`


@dataclass(frozen=True, slots=True)
class LeadsTo:
    """Of every fair behaviour: whenever `left` holds, `right` holds then or later."""

    name: str
    left: Expr
    right: Expr
    loc: Loc = field(default=NOWHERE, compare=False, repr=False)
    texts: tuple[str, str] = field(default=("", ""), compare=False, repr=False)  # the sources of both sides


@dataclass(frozen=True, slots=True)
class Eventually:
    """Of every fair behaviour: `expr` holds at some time."""

    name: str
    expr: Expr
    loc: Loc = field(default=NOWHERE, compare=False, repr=False)
    text: str = field(default="", compare=False, repr=False)  # the source of `expr`


@dataclass(frozen=True, slots=True)
class AlwaysEventually:
    """Of every fair behaviour: `expr` holds again and again."""

    name: str
    expr: Expr
    loc: Loc = field(default=NOWHERE, compare=False, repr=False)
    text: str = field(default="", compare=False, repr=False)  # the source of `expr`


Liveness: TypeAlias = LeadsTo | Eventually | AlwaysEventually
Property: TypeAlias = Invariant | StepProperty | Sometimes | Progress | Liveness

DECIDED_ANYWAY = ("deadlock", "orphan", "steps")  # of every model: no property of it has such a name


@dataclass(frozen=True, slots=True)
class Model:
    """One spec at one parameter set, ready to be explored."""

    name: str
    params: tuple[tuple[str, Value], ...]
    variables: tuple[Variable, ...]
    actors: tuple[Actor, ...]
    actions: tuple[Action, ...]
    properties: tuple[Property, ...]

    @property
    def unbounded(self) -> tuple[str, ...]:
        """The parameters left unknown: variables that nobody writes and that begin with any value of their type."""
        return tuple(variable.name for variable in self.variables if not variable.inits)
