"""From a spec class to a model: declarations, then every task, action and property, in rounds.

See `context.py` for why there are rounds.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import assert_never

from checker.diagnostics import Diagnostic, InternalError, SpecError
from checker.frontend.actors import members, task_name
from checker.frontend.awaits import Awaits
from checker.frontend.context import DONE, IDLE, MAX_ROUNDS, START, Context, Declared, Known, Reject
from checker.frontend.declare import Declarations, Declare
from checker.frontend.flow import Alternative, Finish, Stop, Tail, Unfinished, Wait, straighten
from checker.frontend.guards import guard_of, text_of
from checker.frontend.limits import MAX_ACTORS, MAX_WORK
from checker.frontend.liveness import Lives, ever_full, live_locals
from checker.frontend.places import Activity
from checker.frontend.results import held_back
from checker.frontend.source import Library
from checker.frontend.values import (
    Bound,
    ClassValue,
    Function,
    Instance,
    LivenessDecl,
    ProgressDecl,
    Ref,
    Scope,
    Static,
    Task,
    TaskRef,
    literal,
    owns,
)
from checker.ir.build import conjunction, disjunction, negation
from checker.ir.domains import BoolT, Type, default, values
from checker.ir.nodes import (
    DECIDED_ANYWAY,
    FALSE,
    TRUE,
    Action,
    Actor,
    AlwaysEventually,
    Apply,
    Assign,
    Conjunct,
    Const,
    Duty,
    Eventually,
    Expr,
    Fault,
    Invariant,
    LeadsTo,
    Model,
    Progress,
    Property,
    Sometimes,
    StepProperty,
    Stmt,
    Var,
    Variable,
)
from checker.ir.ops import Op
from checker.ir.walk import indices, root, statements, written
from checker.loc import Loc
from checker.passes.counters import counters
from checker.passes.locations import locations


@dataclass(frozen=True, slots=True)
class Elaborated:
    """A model before the passes, and what else the spec declares."""

    model: Model
    declarations: Declarations
    context: Context


def elaborate(cls: ClassValue, library: Library, settings: dict[str, str]) -> Elaborated:
    """Compile the spec class at one parameter set.

    Raises SpecError with every diagnostic of the last round, UsageError for wrong settings.
    """
    known, local_types, rounds = Known(), dict[str, Type](), 0
    while True:
        context = Context(library, known, dict(local_types), {})
        elaboration = Elaboration(context, cls, settings)
        try:
            declared = elaboration.lower()
            learned, rounds = elaboration.learned(), rounds + 1
            growing = [name for name, kind in context.local_types.items() if local_types.get(name) != kind]
            if rounds == MAX_ROUNDS or (learned == known and not growing):
                return checked(elaboration.result(declared), growing)
        except RecursionError as error:
            raise context.too_deep() from error
        known, local_types = learned, context.local_types
        if rounds == 1:
            known, local_types = known.foreseen(), {name: known.foresee(kind) for name, kind in local_types.items()}


def checked(found: Elaborated, growing: list[str]) -> Elaborated:
    """Return what was compiled; SpecError if there are mistakes, or locals that are still `growing`."""
    diagnostics = found.context.diagnostics or [unbounded(name, found.context) for name in growing]
    if diagnostics:
        raise SpecError(tuple(sorted(diagnostics, key=lambda d: (d.loc.file, d.loc.line, d.loc.column))))
    return found


def unbounded(name: str, context: Context) -> Diagnostic:
    """Return what is said of a local whose range grows with every round."""
    short, loc = name.split(".")[-1], context.variables[name].loc
    return Diagnostic("K032", f"`{short}` changes without bound: it needs a range", loc, f"{short}: Int(lo, hi) = …")


class Conditions(Awaits):
    """Conditions of properties: they may ask where tasks stand."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, Activity("", Duty.OBLIGED))
        self.pure_why = "a condition"

    def can_wait(self) -> bool:
        return False


class Update(Awaits):
    """The update of an action-layer action: no awaits; `require` at its top is the guard."""

    def __init__(self, context: Context, activity: Activity) -> None:
        super().__init__(context, activity)
        self.required: list[Conjunct] = []

    def can_wait(self) -> bool:
        return False

    def effect_require(self, node: ast.Call, scope: Scope) -> Static:
        (argument,) = self.positional(node, scope, 1)
        if self.flow.current is not self.flow.entry or self.flow.entry.statements:
            raise self.reject("K044", "`require` after a write", scope, node, "put it before anything is changed")
        with self.pure("a guard"):
            condition = self.boolean(argument, scope)
            self.required += guard_of(self, condition, argument, scope, scope.module.loc(argument))
        return literal(None)


class Elaboration:
    """One round."""

    def __init__(self, context: Context, cls: ClassValue, settings: dict[str, str]) -> None:
        self.context = context
        self.declare = Declare(context, cls, settings)
        self.cls = cls
        self.activities: list[Activity] = []
        self.order: dict[str, int] = {}  # of the activities
        self.locals: dict[str, frozenset[str]] = {}  # of each activity, those that own nothing and nobody else sees
        self.actions: list[Action] = []
        self.actors: list[Actor] = []
        self.transient: frozenset[str] = frozenset()  # slots that are empty whenever others look

    def lower(self) -> Declarations:
        """Compile what other parts may ask about: declarations, the code of tasks and actions up to its waits."""
        declared = self.declare.spec()
        for instance in declared.instances:
            for task in instance.tasks.values():
                self.context.activities.update(task_name(task, keys, index) for keys, index in members(task))
        for instance in declared.instances:
            for task in instance.tasks.values():
                self.task(task)
        self.order = {activity.name: place for place, activity in enumerate(self.activities)}
        locals_: dict[str, dict[str, Type]] = {activity.name: {} for activity in self.activities}
        for name, item in self.context.variables.items():
            locals_.get(item.owner, {})[name] = item.type
        for activity in self.activities:
            self.place(activity, locals_[activity.name])
        for instance, function in declared.actions:
            self.action_family(instance, function)
        return declared

    def result(self, declared: Declarations) -> Elaborated:
        """Compile the rest, which nothing can ask about: steps between waits, properties."""
        families, self.actions = self.actions, []
        for activity in self.activities:
            self.finish_activity(activity)
        self.actions += families
        properties = (*self.properties(declared), *self.abandoned())
        model = Model(
            self.cls.node.name,
            tuple(self.context.settings.items()),
            tuple(
                Variable(name, item.type, item.inits, item.owner, item.loc, item.fixed, item.keyed)
                for name, item in self.context.variables.items()
            ),
            tuple(self.actors),
            tuple(self.actions),
            properties,
        )
        if self.context.unbounded:
            model = counters(model)
        self.context.diagnostics += [*mixed_faults(model), *self.foreign_writes()]
        return Elaborated(locations(model), declared, self.context)

    def learned(self) -> Known:
        labels = {activity.name: self.pc_values(activity) for activity in self.activities}
        kinds = tuple((name, item.type) for name, item in self.context.variables.items())
        return Known(tuple(actor.name for actor in self.actors), labels, kinds, self.transient)

    def pc_values(self, activity: Activity) -> tuple[str, ...]:
        first = IDLE if activity.parent else START
        return (first, *([START] if activity.parent else []), *activity.labels, DONE)

    # --- tasks ---

    def task(self, task: Task) -> None:
        for keys, index in members(task):
            name = task_name(task, keys, index)
            self.context.spend(self.cls.module, self.cls.node, MAX_WORK // MAX_ACTORS)
            if task.function is None:
                self.plain_actor(task, name, keys, index)
                continue
            activity = Activity(name, task.duty, task.function.name, strong=task.strong, loc=task.loc)
            try:
                self.task_body(task, activity, keys, index)
            except Reject as error:
                self.context.report(error)
                activity.is_broken = True
            self.register(activity)

    def register(self, activity: Activity) -> None:
        self.activities.append(activity)
        for child in activity.children:
            self.register(child)

    def task_body(self, task: Task, activity: Activity, keys: tuple[Expr, ...], index: Expr | None) -> None:
        assert task.function is not None
        lowering = Awaits(self.context, activity)
        bound = Bound(task.function, Ref(task.owner, keys))
        node = task.function.node
        assert not isinstance(node, ast.Lambda)
        parameters = [argument.arg for argument in node.args.args][1:]
        scope = Scope(task.function.module, bound.self_ref)
        given: dict[str, Static] = {}
        if index is not None:
            if len(parameters) != 1:
                raise self.context.reject(
                    "K022",
                    "a family's task has `me` as its second parameter",
                    scope.module,
                    node,
                    f"async def {task.function.name}(self, me)",
                )
            given[parameters[0]] = index
        elif parameters:
            raise self.context.reject(
                "K022", "a task takes no parameters", scope.module, node, "@task(over=Domain) makes a family"
            )
        self.context.inlining.append((node, Ref(task.owner, keys).path))
        try:
            lowering.run_function(bound, given, node, scope)
        finally:
            self.context.inlining.pop()
        activity.flow.finish(Stop())

    def plain_actor(self, task: Task, name: str, keys: tuple[Expr, ...], index: Expr | None) -> None:
        finished, resting = (
            self.condition(function, Ref(task.owner, keys), index) if function is not None else FALSE
            for function in (task.finished, task.rests)
        )
        if task.name:
            self.actors.append(Actor(name, task.duty, finished, resting, "", task.loc))

    def condition(self, function: Function, ref: Ref, index: Expr | None, *, old: bool = False) -> Expr:
        conditions = Conditions(self.context)
        node = function.node
        parameters = [argument.arg for argument in node.args.args]
        given: list[Static] = [ref]
        if old or index is not None:
            given.append(replace(ref, old=True) if index is None else index)
        if len(parameters) != len(given):
            wanted = ("self", "self, me" if index is not None else "self, old")[len(given) - 1]
            raise self.context.reject("K022", f"this condition takes ({wanted})", function.module, node)
        names = dict(zip(parameters, given, strict=True))
        scope = Scope(function.module, ref, names, function=function.name)
        if isinstance(node, ast.Lambda):
            return conditions.boolean(node.body, scope)
        with conditions.pure("a condition"):
            last = node.body[-1]
            where = last.value if isinstance(last, ast.Return) and last.value is not None else node
            return conditions.to_expr(conditions.pure_body(node.body, scope), where, scope, BoolT())

    # --- activities to actions ---

    def place(self, activity: Activity, mine: dict[str, Type]) -> None:
        """Declare where the activity stands, and who it is."""
        kind = self.context.known.pc_type(activity.name)
        first = self.pc_values(activity)[0]
        field = self.context.variables.get(f"{activity.name}.pc")
        if field is not None and not field.owner:
            text = "a block with a task `run` cannot have a field `pc`"
            self.context.report(Reject(Diagnostic("K050", text, field.loc, "rename the field")))
        self.context.variables[f"{activity.name}.pc"] = Declared(kind, (first,), activity.name, activity.loc)
        pc = Var(f"{activity.name}.pc", kind)
        ends = [DONE, IDLE] if activity.parent else [DONE]
        finished = disjunction(Apply(Op.EQ, (pc, Const(end, kind)), BoolT()) for end in ends)
        self.actors.append(
            Actor(activity.name, activity.duty, finished, activity.resting, activity.parent, activity.loc)
        )
        slots = frozenset(name for name, kind in mine.items() if owns(kind))
        self.locals[activity.name] = frozenset(mine) - slots - activity.shared
        if not activity.is_broken:
            self.transient |= slots - ever_full(activity.flow, slots) - activity.shared

    def finish_activity(self, activity: Activity) -> None:
        if activity.is_broken:
            return  # what is left of it would be reported as further mistakes
        try:
            self.activity_actions(activity, Var(f"{activity.name}.pc", self.context.known.pc_type(activity.name)))
        except Reject as error:
            self.context.report(error)
        except Unfinished:
            self.given_up(activity.name)

    def given_up(self, name: str) -> None:
        if not self.context.diagnostics:
            raise InternalError(f"the code of {name} is incomplete, and no mistake was found in it")

    def activity_actions(self, activity: Activity, pc: Var) -> None:
        lives = live_locals(activity.flow, self.locals[activity.name])
        entry = Alternative("", (), activity.flow.entry, activity.duty, loc=activity.loc)
        self.actions.append(self.activity_action(activity, pc, lives, Wait(START, (entry,), loc=activity.loc), entry))
        for wait in activity.flow.waits:
            for alternative in wait.alternatives:
                self.actions.append(self.activity_action(activity, pc, lives, wait, alternative))

    def activity_action(
        self, activity: Activity, pc: Var, lives: Lives, wait: Wait, alternative: Alternative
    ) -> Action:
        """Return the action of leaving a wait by an alternative; not yet to have started is a wait, too."""
        source = wait.label if wait.label != START else None
        update = straighten(alternative.target, self.tail(activity, pc, lives, source))
        return Action(
            ".".join(part for part in (activity.name, wait.label, alternative.name) if part),
            activity.name,
            (self.at(pc, wait.label, wait.loc), *held_back(alternative.guard, alternative, activity.holds)),
            update,
            alternative.duty,
            self.moved(activity, update),
            strong=activity.strong,
            point=wait.label,
            loc=alternative.loc,
        )

    def at(self, pc: Var, label: str, loc: Loc) -> Conjunct:
        return Conjunct(Apply(Op.EQ, (pc, Const(label, pc.type)), BoolT()), "", "", True, loc)

    def moved(self, activity: Activity, update: tuple[Stmt, ...]) -> tuple[str, ...]:
        """Return the branches whose program counter a step sets: they are moved by it."""
        touched = {name.removesuffix(".pc") for name in written(update) if name.endswith(".pc")} - {activity.name}
        return tuple(sorted(touched & self.order.keys(), key=self.order.__getitem__))

    def tail(self, activity: Activity, pc: Var, lives: Lives, source: str | None) -> Finish:
        """Return what ends a step: dead locals reset, the program counter set."""

        def finish(tail: Tail, assigned: frozenset[str]) -> tuple[Stmt, ...]:
            dirty = (lives.at(source) if source is not None else frozenset()) | (assigned & lives.locals)
            keep = lives.at(tail.wait.label) if tail.wait is not None else frozenset()
            resets = []
            for name in sorted(dirty - keep):
                kind = self.context.variables[name].type
                resets.append(Assign(Var(name, kind), Const(default(kind), kind)))
            label = tail.wait.label if tail.wait is not None else DONE
            return (*resets, Assign(pc, Const(label, pc.type)))

        return finish

    # --- the action layer ---

    def action_family(self, instance: Instance, function: Function) -> None:
        options = dict(function.options)
        owner = options["owner"]
        assert isinstance(owner, TaskRef)
        task = owner.task
        for keys, index in members(task):
            try:
                self.action_instances(instance, function, task, keys, index)
            except Reject as error:
                self.context.report(error)
            except Unfinished:
                self.given_up(task.name)

    def action_instances(
        self, instance: Instance, function: Function, task: Task, keys: tuple[Expr, ...], index: Expr | None
    ) -> None:
        node = function.node
        assert isinstance(node, ast.FunctionDef)
        ref = Ref(instance, keys[: len(instance.keys)])
        scope = Scope(function.module, ref, dict(instance.scope))
        parameters = node.args.args[1:]
        fixed: dict[str, Static] = {}
        if index is not None:
            if not parameters:
                raise self.context.reject(
                    "K022", "an action of a family has `me` as its second parameter", function.module, node
                )
            fixed[parameters[0].arg] = index
            parameters = parameters[1:]
        choices: list[list[Const]] = []
        for parameter in parameters:
            if parameter.annotation is None:
                raise self.context.reject(
                    "K031", f"`{parameter.arg}` needs a type", function.module, node, f"{parameter.arg}: Int(0, 2)"
                )
            kind = self.declare.type_of(parameter.annotation, scope)
            self.declare.few(kind, parameter.annotation, scope)
            choices.append([Const(value, kind) for value in values(kind)])
        for combination in product(*choices):
            self.context.spend(function.module, node, 10)
            chosen = dict(zip((parameter.arg for parameter in parameters), combination, strict=True))
            self.action(function, task_name(task, keys, index), task, ref, {**fixed, **chosen}, chosen)

    def action(
        self, function: Function, owner: str, task: Task, ref: Ref, given: dict[str, Static], chosen: dict[str, Const]
    ) -> None:
        node = function.node
        assert isinstance(node, ast.FunctionDef)
        options = dict(function.options)
        shown = ", ".join(f"{name}={value.value}" for name, value in chosen.items())
        name = f"{owner}.{function.name}" + (f"({shown})" if shown else "")
        activity = Activity(name, task.duty, function.name, loc=function.module.loc(node))
        lowering = Update(self.context, activity)
        lowering.run_function(Bound(function, ref), given, node, Scope(function.module, ref))
        activity.flow.finish(Stop())
        if lowering.activity.labels:
            return
        duty, fair = options.get("duty"), options.get("fair")
        update = straighten(activity.flow.entry, lambda tail, assigned: ())
        self.actions.append(
            Action(
                name,
                owner,
                tuple(lowering.required),
                update,
                Duty(duty.value) if isinstance(duty, Const) else task.duty,
                tuple(dict.fromkeys(activity.participants)),
                fair == Const(True, BoolT()),
                loc=activity.loc,
            )
        )
        for local in self.context.variables.values():
            if local.owner == activity.name:
                local.owner = owner  # the temporaries of an update belong to whoever takes it

    def foreign_writes(self) -> Iterator[Diagnostic]:
        """Yield a diagnostic for each action that changes a declared location without moving its actor."""
        for action in self.actions:
            movers = (action.owner, *action.participants)
            for statement in statements(action.update):
                if not isinstance(statement, Assign):
                    continue
                owner = self.context.owners.get(root(statement.target).name)
                if owner is not None and not any(stands_at(name, owner, statement.target) for name in movers):
                    text = f"where `{owner}` stands is changed by `{action.owner}`"
                    yield Diagnostic("K046", text, statement.loc, f"participant(self.{owner})")

    # --- properties ---

    def properties(self, declared: Declarations) -> Iterator[Property]:
        for instance, name, item in declared.properties:
            try:
                if name in DECIDED_ANYWAY:
                    loc = item.module.loc(item.node) if isinstance(item, Function) else item.loc
                    text = f"`{name}` is what the checker decides of every spec"
                    raise Reject(Diagnostic("K050", text, loc, f"no_{name}"))
                match item:
                    case ProgressDecl():
                        yield from self.progress(name, item)
                    case LivenessDecl():
                        yield from self.live(instance, name, item)
                    case Function():
                        yield from self.judged(instance, name, item)
                    case _:
                        assert_never(item)
            except Reject as error:
                self.context.report(error)

    def abandoned(self) -> Iterator[Property]:
        """Yield the rule that a full slot of a block or the spec is in reach of somebody who has not finished."""
        parents = {actor.name: actor.parent for actor in self.actors}

        def task_of(name: str) -> str:
            """A branch that is not running may yet be started by the task it is of."""
            while parents[name]:
                name = parents[name]
            return name

        writes = [(task_of(action.owner), written(action.update)) for action in self.actions]
        finished = {actor.name: actor.finished for actor in self.actors}
        rules = []
        for slot in self.context.every_slot():
            name = root(slot.place).name
            if self.context.variables[name].owner:
                continue  # a local is dropped when its scope ends
            reach = dict.fromkeys(owner for owner, touched in writes if name in touched)
            rules.append(disjunction((negation(slot.full), *(negation(finished[owner]) for owner in reach))))
        rule = conjunction(rules)
        if rule != TRUE:
            yield Invariant("ownership", rule, Fault.OWNERSHIP, self.declare.root.loc)

    def judged(self, instance: Instance, name: str, function: Function) -> Iterator[Property]:
        keys = [[Const(value, kind) for value in values(kind)] for kind in instance.keys]
        loc = function.module.loc(function.node)
        for combination in product(*keys):
            shown = name + "".join(f"[{key.value}]" for key in combination)
            expr = self.condition(function, Ref(instance, combination), None, old=function.kind == "transition")
            match function.kind:
                case "invariant":
                    yield Invariant(shown, expr, loc=loc, text=text_of(function))
                case "sometimes":
                    yield Sometimes(shown, expr, loc)
                case _:
                    yield StepProperty(shown, expr, loc, text_of(function))

    def progress(self, name: str, item: ProgressDecl) -> Iterator[Property]:
        task = item.target.task
        if not task.name:
            return
        for keys, index in members(task):
            if (item.target.keys and item.target.keys != keys) or (
                item.target.index is not None and item.target.index != index
            ):
                continue
            actor = task_name(task, keys, index)
            single = task.over is None and not task.owner.keys
            to = self.condition(item.to, Ref(task.owner, keys), index) if item.to is not None else None
            yield Progress(name if single else f"{name}({actor})", actor, to, item.loc, text_of(item.to))

    def live(self, instance: Instance, name: str, item: LivenessDecl) -> Iterator[Property]:
        """One property a key of the instance and value of `over`."""
        members_ = [None] if item.over is None else [Const(value, item.over) for value in values(item.over)]
        keys = [[Const(value, kind) for value in values(kind)] for kind in instance.keys]
        for *combination, member in product(*keys, members_):
            ref = Ref(instance, tuple(key for key in combination if key is not None))
            shown = name + "".join(f"[{key.value}]" for key in (*combination, member) if key is not None)
            found = [self.condition(function, ref, member) for function in item.conditions]
            match item.word, found, [text_of(function) for function in item.conditions]:
                case "leads_to", [left, right], [of_left, of_right]:
                    yield LeadsTo(shown, left, right, item.loc, (of_left, of_right))
                case "eventually", [expr], [text]:
                    yield Eventually(shown, expr, item.loc, text)
                case "always_eventually", [expr], [text]:
                    yield AlwaysEventually(shown, expr, item.loc, text)
                case _:
                    raise InternalError(f"{item.word} of {len(found)} conditions")


def mixed_faults(model: Model) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each actor that owns faults beside other actions."""
    owned: dict[str, list[Action]] = {actor.name: [] for actor in model.actors}
    for action in model.actions:
        owned[action.owner].append(action)
    for actor, mine in owned.items():
        faults = [action for action in mine if action.duty is Duty.FAULT]
        started = [action for action in mine if action.duty is not Duty.FAULT and action.point != START]
        if faults and started:
            yield Diagnostic(
                "K047",
                f"`{actor}` owns a fault beside other actions",
                faults[0].loc,
                "give the fault an actor of its own",
            )


def stands_at(actor: str, owner: str, place: Expr) -> bool:
    """Tell whether `place`, in a location declared with `owner`, says where this very actor stands.

    The keys in the actor's name (`conns[1].worker[0]`) are those of the blocks and the family it is in, and so are
    the first indices of the place.
    """
    keys = re.findall(r"\[([^\]]*)\]", actor)
    named = [str(index.value) if isinstance(index, Const) else "" for index in indices(place)]
    return re.sub(r"\[[^\]]*\]", "", actor) == owner and named[: len(keys)] == keys
