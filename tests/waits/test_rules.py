"""Each rule of the semantics on the smallest system that shows it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from checker.interp import Interpreter
from checker.ir.domains import EnumT, IntT, MapT, OptionT, OwnT, RecordT, SeqT, SetT
from checker.ir.leaves import At, Has, Leaf, Mark, Occupied, reads
from checker.ir.nodes import Action, Apply, Assert, Assign, Duty, Expr, Field, If, Index, Model, State, Stmt, Var
from checker.ir.ops import Op
from checker.passes.locations import Offence, locations, offences
from checker.waits.analysis import WaitAnalysis
from checker.waits.conditions import OBLIGED
from checker.waits.operators import LAZY, STRICT
from checker.waits.undo import undoing
from tests.waits.scenarios import BOOL, act, const, equal, model, negation, put, var

BIT = IntT(0, 1)
WHO = EnumT("Who", ("a", "b", "c"))


def op(operator: Op, *args: Expr) -> Expr:
    return Apply(operator, args, BOOL)


def enablers(found: Model, conjunct: Expr, state: State) -> set[str]:
    analysis = WaitAnalysis(Interpreter(found))
    return {found.actions[place].name for place in analysis.enabling.read_set(conjunct).enablers(state)}


def certified(found: Model, state: State | None = None) -> tuple[tuple[str, ...], ...]:
    machine = Interpreter(found)
    analysis = WaitAnalysis(machine)
    return tuple(map(analysis.names, analysis.certificates(state or machine.initial()[0])))


# --- what is read ------------------------------------------------------------------------------

QUEUE = Var("q", SeqT(WHO, 2))
SLOT = Var("slot", OwnT(RecordT("Batch", (("size", BIT), ("last", BOOL)))))
FLAGS = Var("flags", MapT(WHO, BOOL))
PAYLOAD = Apply(Op.UNWRAP, (SLOT,), SLOT.type.item)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (Apply(Op.LEN, (QUEUE,), IntT(0, 2)), {("q", (Mark.LENGTH,))}),
        (Index(QUEUE, const(0, BIT), WHO), {("q", (Occupied(0),)), ("q", (At(0),))}),
        (op(Op.IS_NONE, SLOT), {("slot", (Mark.PRESENT,))}),
        (op(Op.NE, SLOT, const(None, SLOT.type)), {("slot", (Mark.PRESENT,))}),
        (Field(PAYLOAD, "size", BIT), {("slot", (Mark.PRESENT,)), ("slot", (Mark.PAYLOAD, 0))}),
        (Index(FLAGS, const("b", WHO), BOOL), {("flags", (1,))}),
        (Index(FLAGS, Var("who", WHO), BOOL), {("who", ()), ("flags", (0,)), ("flags", (1,)), ("flags", (2,))}),
        (op(Op.IN, const("c", WHO), Var("s", SetT(WHO))), {("s", (Has("c"),))}),
        (op(Op.IN, const("c", WHO), QUEUE), {("q", (Mark.LENGTH,)), ("q", (At(0),)), ("q", (At(1),))}),
    ],
)
def test_an_expression_reads_no_more_than_its_value_depends_on(
    expr: Expr, expected: set[tuple[str, tuple[object]]]
) -> None:
    assert reads(expr) == {Leaf(name, path) for name, path in expected}  # type: ignore[arg-type]


# --- enabling sets -----------------------------------------------------------------------------


def test_joining_the_tail_of_a_queue_does_not_change_its_head() -> None:
    join = act("b.join", [], [Assign(QUEUE, Apply(Op.APPEND, (QUEUE, const("b", WHO)), QUEUE.type))])
    leave = act("c.leave", [equal(Var("x", BOOL), True)], [Assign(QUEUE, Apply(Op.TAIL, (QUEUE,), QUEUE.type))])
    head = op(Op.EQ, Index(QUEUE, const(0, BIT), WHO), const("a", WHO))
    found = model({QUEUE: (), Var("x", BOOL): False}, [join, leave])
    assert enablers(found, head, (("c",), False)) == {"c.leave"}
    assert enablers(found, head, ((), False)) == {"b.join"}


def test_whoever_removes_himself_from_behind_the_head_does_not_change_it() -> None:
    give_up = act("b.drop", [], [Assign(QUEUE, Apply(Op.REMOVE, (QUEUE, const("b", WHO)), QUEUE.type))])
    found = model({QUEUE: ("c", "b")}, [give_up])
    head = op(Op.EQ, Index(QUEUE, const(0, BIT), WHO), const("a", WHO))
    assert enablers(found, head, (("c", "b"),)) == set()
    assert enablers(found, head, (("b", "c"),)) == {"b.drop"}


def test_a_guard_that_cannot_hold_with_what_is_read_is_no_enabler() -> None:
    """A sender needs a free slot: it cannot be the first to change a full one."""
    full = var("full")
    found = model(
        {full: True}, [act("s.send", [negation(full)], [put(full, True)]), act("r.recv", [full], [put(full, False)])]
    )
    assert enablers(found, negation(full), (True,)) == {"r.recv"}
    assert enablers(found, full, (False,)) == {"s.send"}


def test_writing_the_value_that_is_there_is_no_change() -> None:
    flag = var("flag")
    assert enablers(model({flag: False}, [act("b.clear", [], [put(flag, False)])]), flag, (False,)) == set()


def test_a_step_that_must_fail_changes_nothing() -> None:
    flag, n = var("flag"), Var("n", BIT)
    raised = put(flag, True)
    too_much = Assign(n, Apply(Op.ADD, (n, const(1, BIT)), IntT(1, 2)))
    found = model(
        {flag: False, n: 1},
        [act("b.over", [], [raised, too_much]), act("c.assert", [], [raised, Assert(negation(flag), "")])],
    )
    conjunct = op(Op.AND, flag, equal(n, 0))
    assert enablers(found, conjunct, (False, 1)) == set()


def test_branches_are_followed_apart() -> None:
    flag, n = var("flag"), Var("n", BIT)
    branch: Stmt = If(equal(n, 1), (put(flag, True),))
    found = model({flag: False, n: 0}, [act("b.maybe", [equal(n, 0)], [branch])])
    assert enablers(found, flag, (False, 0)) == set()


def test_an_unknown_index_may_be_any_of_its_values() -> None:
    who = Var("who", WHO)
    raise_one: Stmt = Assign(Index(FLAGS, who, BOOL), const(True, BOOL))
    found = model(
        {FLAGS: (False, False, False), who: "a"}, [act("x.raise", [op(Op.NE, who, const("b", WHO))], [raise_one])]
    )
    state: State = ((False, False, False), "a")
    assert enablers(found, Index(FLAGS, const("a", WHO), BOOL), state) == {"x.raise"}
    assert enablers(found, Index(FLAGS, const("b", WHO), BOOL), state) == set()


def test_every_operator_has_a_meaning_for_partly_known_values() -> None:
    assert set(STRICT) | LAZY == set(Op)
    assert not set(STRICT) & LAZY


# --- who lives ---------------------------------------------------------------------------------


def counting(needed: int, helpers: Sequence[bool]) -> Model:
    """`a` needs so many flags; flag i is raised by helper i, who is free (True) or waits for `a` (False)."""
    flags = [var(f"flag{i}") for i in range(len(helpers))]
    done = var("done")
    count = Apply(Op.COUNT, tuple(flags), IntT(0, len(flags)))
    wait = op(Op.GE, count, const(needed, IntT(0, len(flags))))
    actions = [act("a.go", [negation(done), wait], [put(done, True)])]
    for i, (flag, free) in enumerate(zip(flags, helpers, strict=True)):
        actions.append(act(f"h{i}.raise", [negation(flag), *([] if free else [done])], [put(flag, True)]))
    return model({done: False, **dict.fromkeys(flags, False)}, actions)


@pytest.mark.parametrize(("needed", "stuck"), [(1, False), (2, False), (3, True)])
def test_a_count_lives_while_enough_of_its_elements_do(needed: int, stuck: bool) -> None:
    found = certified(counting(needed, (True, False, True, False)))
    assert ("a" in found[0]) is stuck


def test_a_participant_is_moved_and_so_not_stuck() -> None:
    """A parent drops its branch: the branch waits for what nobody does, but it will not wait for ever."""
    place, told = Var("place", EnumT("Place", ("waits", "gone"))), var("told")
    wake = act("branch.wake", [equal(place, "waits"), told])
    drop = act("parent.drop", [equal(place, "waits")], [put(place, "gone")], participants=("branch",))
    assert certified(model({place: "waits", told: False}, [wake, drop]))[0] == ()
    left_alone = model({place: "waits", told: False}, [wake, act("parent.drop", [told], [], participants=("branch",))])
    assert certified(left_alone)[0] == ("branch", "parent")


def test_may_and_fault_help_at_their_own_level() -> None:
    flag = var("flag")
    wait = act("a.go", [flag])

    def helped_by(duty: Duty) -> tuple[tuple[str, ...], ...]:
        return certified(model({flag: False}, [wait, act("b.raise", [negation(flag)], [put(flag, True)], duty=duty)]))

    assert helped_by(Duty.OBLIGED) == ((), (), ())
    assert helped_by(Duty.MAY) == (("a",), (), ())
    assert helped_by(Duty.FAULT) == (("a",), ("a",), ())


def test_an_actor_with_an_enabled_may_action_is_not_stuck_itself() -> None:
    flag = var("flag")
    assert certified(model({flag: False}, [act("a.go", [negation(flag)], [], duty=Duty.MAY)])) == ((), (), ())


def test_who_may_act_now_and_owes_something_later_helps_like_others() -> None:
    """a waits for b, who has something it need not do, and for c's sake something it must."""
    given, asked = var("given"), var("asked")
    actions = [
        act("a.go", [given]),
        act("b.stroll", [], duty=Duty.MAY),
        act("b.give", [asked], [put(given, True)]),
        act("c.ask", [negation(asked)], [put(asked, True)]),
    ]
    assert certified(model({given: False, asked: False}, actions)) == ((), (), ())
    assert certified(model({given: False, asked: False}, actions[:3]))[0] == ("a",)


def test_giving_somebody_a_choice_undoes_his_wait() -> None:
    """Nothing moves the reader, but a delivery lets it read if it likes: then it is not stuck."""
    full = var("full")
    read = act("reader.read", [full], [put(full, False)], duty=Duty.MAY)
    found = model({full: False}, [read, act("mail.deliver", [negation(full)], [put(full, True)], duty=Duty.FAULT)])
    analysis = WaitAnalysis(Interpreter(found))
    assert analysis.names(analysis.certificates((False,)).stuck) == ("reader",)
    assert [action.name for action in undoing(analysis, (False,), OBLIGED, ["reader"])] == ["mail.deliver"]


def test_a_lock_taken_twice_waits_for_its_own_holder() -> None:
    held, stage = var("held"), Var("stage", BIT)
    found = model(
        {held: True, stage: 0},
        [
            act("a.lock", [equal(stage, 0), negation(held)], [put(stage, 1)]),
            act("a.unlock", [equal(stage, 1)], [put(held, False)]),
        ],
    )
    assert certified(found) == (("a",), ("a",), ("a",))


# --- locations ---------------------------------------------------------------------------------


def test_what_only_the_owner_writes_is_a_location() -> None:
    mine, shared = var("mine"), var("shared")
    found = model(
        {mine: False, shared: False},
        [act("a.go", [shared, negation(mine)], [put(mine, True)]), act("b.tell", [], [put(shared, True)])],
    )
    assert [(conjunct.expr, conjunct.location) for conjunct in found.actions[0].guard] == [
        (negation(mine), True),
        (shared, False),
    ]


def test_what_may_have_no_value_stays_behind_what_guards_it() -> None:
    option, mine = Var("option", OptionT(BIT)), Var("mine", MapT(BIT, BOOL))
    guarded = Index(mine, Apply(Op.UNWRAP, (option,), BIT), BOOL)
    both = [op(Op.NOT, op(Op.IS_NONE, option)), guarded]
    found = model(
        {option: None, mine: (False, False)},
        [
            act("a.go", both, [Assign(mine, const((True, True), mine.type)), Assign(option, const(0, BIT))]),
            act("b.go", [], [Assign(option, const(1, BIT))], participants=("a",)),
        ],
    )
    assert [conjunct.expr for conjunct in found.actions[0].guard] == both


def test_a_location_others_can_change_is_named_with_its_writer() -> None:
    mine = var("mine")
    go, meddle = act("a.go", [mine], [put(mine, False)]), act("b.meddle", [], [put(mine, True)])
    honest = model({mine: False}, [go, act("b.meddle", [], [put(mine, True)], participants=("a",))])
    assert offences(honest) == ()
    assert honest.actions[0].guard[0].location
    marked = Model("marked", (), honest.variables, honest.actors, (honest.actions[0], meddle), ())
    (offence,) = offences(marked)
    assert offence == Offence(honest.actions[0], honest.actions[0].guard[0], meddle)
    assert offences(locations(marked)) == (offence,)


def test_an_alternative_away_from_where_its_owner_stands_blames_nobody() -> None:
    place, flag = Var("place", BIT), var("flag")
    elsewhere: Action = act("a.later", [equal(place, 1), flag], [put(place, 0)])
    found = model({place: 0, flag: False}, [elsewhere, act("b.raise", [flag], [put(flag, False)])])
    assert certified(found)[0] == ("a", "b")


# --- what the tests of random systems do not always meet -----------------------------------------


def test_who_can_lower_the_bound_of_a_count_helps() -> None:
    bound, flag, x = Var("bound", IntT(0, 2)), var("flag"), var("x")
    enough = op(Op.GE, Apply(Op.COUNT, (flag,), IntT(0, 1)), bound)
    wait = act("a.wait", [enough], [put(x, True)])
    lower = act("b.lower", [op(Op.GT, bound, const(1, BIT))], [Assign(bound, const(1, BIT))])
    raised = act("c.raise", [negation(flag)], [put(flag, True)])
    found = model({bound: 2, flag: False, x: False}, [wait, lower, raised])
    assert certified(found) == ((), (), ())
    assert certified(model({bound: 2, flag: False, x: False}, [wait, raised]))[0] == ("a",)


def test_whom_a_fault_moves_is_not_forgotten_from_one_state_to_the_next() -> None:
    """Two states that differ only in whether somebody who can always act can also drop one who waits."""
    never, broken, tick = var("never"), var("broken"), var("tick")
    found = model(
        {never: False, broken: False, tick: False},
        [
            act("a.wait", [never], [put(tick, True)]),
            act("b.tick", [], [put(tick, True)]),
            act("b.drop", [broken], [put(tick, False)], duty=Duty.FAULT, participants=("a",)),
        ],
    )
    analysis = WaitAnalysis(Interpreter(found))
    whole, with_fault = (False, False, False), (False, True, False)
    for state, dead in ((whole, ("a",)), (with_fault, ()), (whole, ("a",))):
        assert analysis.names(analysis.certificates(state).dead) == dead
