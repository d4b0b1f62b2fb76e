"""Waiting: an await splits the code of an activity into atomic steps.

An awaitable has four parts (start, ready, finish, drop). `start` runs in the step that reaches the
await, `ready` is the guard, `finish` runs in the step that leaves it, `drop` where it is given up.
Branches that are async helpers become activities of their own.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from itertools import chain

from checker.frontend.branches import Manner, branch_names, called, field_type, instead_of, misnamed, said_twice
from checker.frontend.context import DONE, IDLE, START, Context
from checker.frontend.flow import Alternative, Node, Stop, Wait
from checker.frontend.guards import guard_of, missing, only_value
from checker.frontend.inlining import Inlining
from checker.frontend.limits import MAX_ACTORS, MAX_WORK
from checker.frontend.places import Activity, Cleanup
from checker.frontend.results import Result, decide
from checker.frontend.statements import Unreached
from checker.frontend.values import Bound, Builtin, Function, Scope, Static, is_expr, literal, owns
from checker.frontend.waiting import UNTIL, Arm, BranchOf, Reached, condition_of
from checker.ir.build import conjunction, disjunction, negation
from checker.ir.domains import BoolT, RecordT, Type, default
from checker.ir.nodes import FALSE, TRUE, Apply, Assign, Conjunct, Const, Duty, Expr, If, Make, Stmt, Var
from checker.ir.ops import Op
from checker.ir.walk import variables
from checker.loc import Loc

PARTS = ("start", "ready", "finish", "drop", "idle")
DUTIES = {duty.value: duty for duty in Duty}


class Awaits(Inlining):
    """Adds await. `droppable`: this activity is a branch that may lose."""

    def __init__(self, context: Context, activity: Activity, *, droppable: bool = False) -> None:
        super().__init__(context, activity)
        self.droppable = droppable

    # --- entry ---

    def eval_Await(self, node: ast.Await, scope: Scope) -> Static:
        self.effect("an await", scope, node)
        if not self.can_wait():
            raise self.reject("K041", "an await outside a task", scope, node, "make it `async`, or do it in a task")
        return self.wait_for(node.value, scope, Manner())

    def can_wait(self) -> bool:
        return True

    def wait_for(self, node: ast.expr, scope: Scope, manner: Manner) -> Static:
        if not isinstance(node, ast.Call):
            raise self.reject(
                "K048", "this cannot be awaited", scope, node, "await an awaitable, step(), first(…), both(…)"
            )
        callee, node = self.callee(node, scope)
        match callee:
            case Builtin("rest" | "at" | "may" | "obliged" | "fault" as name):
                return self.wrapped(name, node, scope, manner)
            case Builtin("step"):
                return self.step(node, scope, manner)
            case Builtin("first" | "any_of" as name):
                return self.select(node, scope, manner, biased=name == "first")
            case Builtin("both"):
                return self.join_all(node, scope, manner)
            case Bound(function) if function.kind == "awaitable":
                return self.wait_one(self.begin(self.carry(callee, node, scope)), node, scope, manner)
            case Bound(Function(ast.AsyncFunctionDef())):
                if manner != Manner():
                    raise self.reject(
                        "K048", "an async helper is not one wait", scope, node, "wrap the awaits inside it"
                    )
                return self.inline(callee, node, scope)
            case Function(ast.AsyncFunctionDef()):
                return self.inline(Bound(callee, None), node, scope)
        plain = isinstance(callee, Bound | Function)
        fix = "it does not wait: call it without `await`" if plain else "await an awaitable, step(), first(…), both(…)"
        raise self.reject("K048", f"`{ast.unparse(node.func)}(…)` cannot be awaited", scope, node, fix)

    def callee(self, node: ast.Call, scope: Scope) -> tuple[Static, ast.Call]:
        """Return what is called to be awaited, and the call."""
        found = self.eval(node.func, scope)
        if found != Builtin(UNTIL):
            return found, node
        condition = condition_of(node, scope)
        if condition is None:
            fix = f"until(lambda: {', '.join(map(ast.unparse, node.args)) or '…'})"
            raise self.reject("K022", "`until` takes a condition that is looked at again and again", scope, node, fix)
        return condition

    def wrapped(self, name: str, node: ast.Call, scope: Scope, manner: Manner) -> Static:
        arguments = list(node.args)
        if (wrong := said_twice(name, manner)) is not None:
            raise self.reject(wrong.code, wrong.text, scope, node, wrong.fix)
        match name:
            case "at":
                label = self.eval(arguments.pop(0), scope) if arguments else None
                if (wrong := misnamed(label)) is not None:
                    raise self.reject(wrong.code, wrong.text, scope, node, wrong.fix)
                assert isinstance(label, Const)
                manner = replace(manner, name=str(label.value))
            case "rest":
                when = next((keyword.value for keyword in node.keywords if keyword.arg == "when"), None)
                manner = replace(manner, rests=True, when=when)
            case _:
                manner = replace(manner, duty=DUTIES[name])
        if len(arguments) != 1 or any(word.arg != "when" or name != "rest" for word in node.keywords):
            fix = {"rest": "rest(…, when=condition)", "at": 'at("flush", …)'}.get(name, f"{name}(…)")
            raise self.reject("K022", f"`{name}` wraps one wait", scope, node, fix)
        return self.wait_for(arguments[0], scope, manner)

    # --- one awaitable ---

    def carry(self, bound: Bound, node: ast.Call, scope: Scope) -> Reached:
        """Evaluate the arguments and put them where they are carried."""
        bound = self.pinned(bound, node, scope)
        function = bound.function
        assert isinstance(function.node, ast.FunctionDef)
        loc = scope.module.loc(node)
        inner = self.function_scope(bound, {})
        carried: list[Var] = []
        for name, value in self.arguments(bound, node, scope).items():
            if not is_expr(value) or isinstance(value, Const):
                inner.names[name] = self.settled(value, node, scope)
                continue
            expr = self.to_expr(value, node, scope)
            self.no_copy(expr, node, scope)
            place = self.local(self.fresh(f"{function.name}.{name}"), expr.type, loc, scope, node)
            self.emit(Assign(place, self.coerce(expr, place.type, node, scope), loc))
            carried.append(place)
            inner.names[name] = place
        return Reached(bound, inner, carried, node)

    def begin(self, it: Reached) -> Arm:
        """Run `start`."""
        parts = self.parts(it.bound.function, it.scope, it.carried, it.node)
        arm = Arm(it.bound, parts, it.scope, tuple(it.carried), it.node)
        self.run_part(arm, "start")
        return arm

    def parts(self, function: Function, inner: Scope, carried: list[Var], node: ast.AST) -> dict[str, ast.FunctionDef]:
        assert isinstance(function.node, ast.FunctionDef)
        parts: dict[str, ast.FunctionDef] = {}
        for statement in function.node.body:
            match statement:
                case ast.FunctionDef(name=name) if name in PARTS:
                    parts[name] = statement
                case ast.AnnAssign(target=ast.Name(id=name)):
                    kind = self.type_of(statement.annotation, inner)
                    value = self.expr(statement.value, inner, kind) if statement.value else Const(default(kind), kind)
                    loc = inner.module.loc(statement)
                    place = self.local(self.fresh(f"{function.name}.{name}"), kind, loc, inner, statement, fixed=True)
                    self.emit(Assign(place, value, loc))
                    carried.append(place)
                    inner.names[name] = place
                case ast.Expr(value=ast.Constant()) | ast.Return():
                    pass
                case _:
                    raise self.reject(
                        "K050",
                        "an awaitable consists of its parts",
                        inner,
                        statement,
                        "def start/ready/finish/drop/idle",
                    )
        if "ready" not in parts:
            raise self.reject(
                "K050", f"`{function.name}` has no `ready`", inner, function.node, "def ready(): return …"
            )
        return parts

    def part_bound(self, arm: Arm, name: str) -> Bound:
        function = Function(arm.parts[name], arm.scope.module)
        return Bound(function, arm.scope.self_ref, arm.scope)

    def run_part(self, arm: Arm, name: str) -> Static:
        """Inline a part here; its value."""
        if name not in arm.parts:
            return literal(None)
        bound = self.part_bound(arm, name)
        kept, self.cleanups = self.cleanups, []
        try:
            return self.run_function(bound, {}, arm.node, arm.scope)
        finally:
            self.cleanups = kept

    def condition(self, arm: Arm, name: str) -> Expr:
        with self.pure(f"`{name}` of an awaitable"):
            inner = self.function_scope(self.part_bound(arm, name), {})
            value = self.pure_body(arm.parts[name].body, inner)
            return self.to_expr(value, arm.parts[name], inner, BoolT())

    def ready(self, arm: Arm) -> tuple[Conjunct, ...]:
        condition, body = self.condition(arm, "ready"), arm.parts["ready"].body
        with self.pure("`ready` of an awaitable"):
            inner = self.function_scope(self.part_bound(arm, "ready"), {})
            loc = inner.module.loc(body[-1])
            return tuple(guard_of(self, condition, only_value(body), inner, loc, resource=arm.resource))

    def finish_arm(self, arm: Arm, *, keep: bool) -> Static:
        """Run `finish`, drop what was carried and not moved out."""
        value = self.run_part(arm, "finish")
        if keep and is_expr(value) and not isinstance(value, Const):
            value = self.kept(arm, value)
        self.release_carried(arm)
        return value

    def kept(self, arm: Arm, value: Expr) -> Expr:
        """Put a result into a variable of its own, so that it survives what follows."""
        place = self.local(
            self.fresh(f"{arm.bound.function.name}.value"),
            value.type,
            arm.scope.module.loc(arm.node),
            arm.scope,
            arm.node,
        )
        self.emit(Assign(place, value, arm.scope.module.loc(arm.node)))
        return self.given_away(place, arm.scope.module.loc(arm.node))

    def release_carried(self, arm: Arm) -> None:
        for place in arm.carried:
            if owns(place.type):
                self.emit(Assign(place, Const(default(place.type), place.type)))

    def drop_arm(self, arm: Arm) -> None:
        self.run_part(arm, "drop")
        self.release_carried(arm)

    def wait_one(self, arm: Arm, node: ast.Call, scope: Scope, manner: Manner) -> Static:
        target = Node()
        loc = scope.module.loc(node)
        duty = manner.duty or self.activity.duty
        alternative = Alternative("", self.ready(arm), target, duty, (), loc)
        self.finish_wait([alternative], [arm], [], node, scope, manner, arm.point)
        self.flow.current = target
        return self.finish_arm(arm, keep=True)

    def step(self, node: ast.AST, scope: Scope, manner: Manner) -> Static:
        target = Node()
        duty = manner.duty or self.activity.duty
        alternative = Alternative("", (), target, duty, (), scope.module.loc(node), goes_on=True)
        self.finish_wait([alternative], [], [], node, scope, manner, "step")
        self.flow.current = target
        return literal(None)

    def finish_wait(
        self,
        alternatives: list[Alternative],
        arms: list[Arm],
        branches: list[BranchOf],
        node: ast.AST,
        scope: Scope,
        manner: Manner,
        name: str,
    ) -> None:
        """End the current node with the wait: its label, where it rests, what dropping it does."""
        label = self.label(manner.name or self.within(name))
        resting = self.resting(arms, branches, scope, manner)
        drop: tuple[Stmt, ...] = ()
        if self.droppable:
            pending = list(self.cleanups)
            drop = self.captured(lambda: self.give_up(arms, branches, pending), scope, node)
        wait = Wait(label, tuple(alternatives), resting, drop, scope.module.loc(node))
        if resting != FALSE:
            here = conjunction((self.stands(self.activity.name, label), resting))
            self.activity.resting = disjunction((self.activity.resting, here))
        self.flow.finish(wait)

    def give_up(self, arms: list[Arm], branches: list[BranchOf], pending: list[Cleanup]) -> None:
        for arm in arms:
            self.drop_arm(arm)
        for branch in branches:
            self.emit(*branch.drop)
        for cleanup in reversed(pending):
            cleanup.run()

    def within(self, name: str) -> str:
        """Return what is waited for as a point of the task, without the task's own name: a block runs as `timer`."""
        short = name.removeprefix(f"{self.activity.name}.")
        return name if short in (START, DONE, IDLE) else short

    def label(self, base: str) -> str:
        used = self.activity.labels_used[base] = self.activity.labels_used.get(base, 0) + 1
        label = base if used == 1 else f"{base}#{used}"
        self.activity.labels.append(label)
        return label

    def stands(self, activity: str, label: str) -> Expr:
        kind = self.context.known.pc_type(activity)
        return Apply(Op.EQ, (Var(f"{activity}.pc", kind), Const(label, kind)), BoolT())

    def resting(self, arms: list[Arm], branches: list[BranchOf], scope: Scope, manner: Manner) -> Expr:
        if manner.rests:
            if manner.when is not None:
                with self.pure("the condition of `rest`"):
                    return self.boolean(manner.when, scope)
            idle = [self.condition(arm, "idle") for arm in arms if "idle" in arm.parts]
            return conjunction(idle)
        if branches:  # where all have finished it does not wait, and whoever waits for it waits for what it does next
            over = [self.done_part(branch).expr for branch in branches]
            idle = [branch.activity.resting for branch in branches]
            parts = (disjunction(pair) for pair in zip(over, idle, strict=True))
            return conjunction((*parts, negation(conjunction(over))))
        return FALSE

    # --- first and any_of ---

    def select(self, node: ast.Call, scope: Scope, manner: Manner, *, biased: bool) -> Static:
        names = self.branches(node, scope)
        reached: dict[str, Reached] = {}
        duties: dict[str, Duty] = {}
        branches: dict[str, BranchOf] = {}
        for name, argument in names.items():
            inner, duty = self.unwrap_duty(argument, scope)
            duties[name] = duty or manner.duty or self.activity.duty
            callee, inner = self.callee(inner, scope)
            if isinstance(callee, Bound) and callee.function.kind == "awaitable":
                reached[name] = self.carry(callee, inner, scope)
            elif callee == Builtin("step"):
                if biased and name != list(names)[-1]:
                    text = "`step()` never waits: what is written after it can never win"
                    raise self.reject("K048", text, scope, inner, "write it last, or `any_of(…)`")
            else:
                branches[name] = self.spawn(name, callee, inner, scope, Manner(), droppable=True)
        # Only now: the arguments of all branches are evaluated before any of them is polled.
        arms = {name: self.begin(it) for name, it in reached.items()}
        return self.select_wait(names, arms, branches, duties, node, scope, manner, biased)

    def branches(self, node: ast.Call, scope: Scope) -> dict[str, ast.expr]:
        """Return the branches by name; each has one of its own."""
        names = branch_names(node)
        if not names:
            fix = f"{called(node)}(message=self.queue.recv(), stop=self.stop.fired())"
            raise self.reject("K048", f"`{called(node)}()` without a branch waits for nothing", scope, node, fix)
        if len(names) < len(node.args) + len(node.keywords):
            given = branch_names(ast.Call(node.func, node.args, []))
            twice = next(word.arg for word in node.keywords if word.arg in given)
            raise self.reject("K048", f"two branches are called `{twice}`", scope, node, f"{twice}=…, another=…")
        return names

    def unwrap_duty(self, node: ast.expr, scope: Scope) -> tuple[ast.Call, Duty | None]:
        if not isinstance(node, ast.Call):
            raise self.reject("K048", "this cannot be awaited", scope, node, "a call of an awaitable")
        callee = self.eval(node.func, scope) if isinstance(node.func, ast.Name) else None
        if isinstance(callee, Builtin) and callee.name in DUTIES and len(node.args) == 1:
            inner, duty = self.unwrap_duty(node.args[0], scope)
            if duty is not None and (wrong := said_twice(duty.value, Manner(duty=DUTIES[callee.name]))) is not None:
                raise self.reject(wrong.code, wrong.text, scope, node.args[0], wrong.fix)
            return inner, DUTIES[callee.name]
        return node, None

    def select_wait(
        self,
        names: dict[str, ast.expr],
        arms: dict[str, Arm],
        branches: dict[str, BranchOf],
        duties: dict[str, Duty],
        node: ast.Call,
        scope: Scope,
        manner: Manner,
        biased: bool,
    ) -> Static:
        guards = {name: self.ready(arm) for name, arm in arms.items()}
        guards |= {name: (self.done_part(branch),) for name, branch in branches.items()}
        moved = tuple(branch.activity.name for branch in branches.values())
        targets = {name: Node() for name in names}
        alternatives = [
            Alternative(name, guards.get(name, ()), targets[name], duties[name], moved, scope.module.loc(argument),
                        goes_on=name not in arms)  # `step()` is always ready
            for name, argument in names.items()
        ]  # fmt: skip
        given = {name: self.results_of(branch, duties[name]) for name, branch in branches.items()}
        alternatives, holds = decide(alternatives, given, biased=biased)
        for name, branch in branches.items():
            for activity in branch.activity.family():
                activity.holds.append(holds[name])
        self.activity.results += chain.from_iterable(given.values())
        default_name = manner.name or ("first" if biased else "any_of") + "." + ".".join(names)
        self.finish_wait(alternatives, list(arms.values()), list(branches.values()), node, scope, manner, default_name)
        after = Node()
        results: dict[str, Static] = {}
        place = self.fresh("outcome")
        for name in names:
            self.flow.current = targets[name]
            results[name] = self.win(name, arms, branches, scope, node)
            self.outcome(place, name, names, results[name], node, scope)
            self.flow.jump(after)
        self.flow.current = after
        return self.given_away(Var(place, self.context.local_types[place]), scope.module.loc(node))

    def given_away(self, place: Var, loc: Loc) -> Expr:
        return self.move(place, loc, strict=False) if owns(place.type) else place

    def done_part(self, branch: BranchOf) -> Conjunct:
        done = self.stands(branch.activity.name, DONE)
        return Conjunct(done, branch.resource, loc=branch.loc, text=f"{branch.activity.name} has finished")

    def results_of(self, branch: BranchOf, duty: Duty) -> tuple[Result, ...]:
        """Return what a branch, or one within it, may have given. `duty`: of going on with what it gives itself."""
        return Result(missing((self.done_part(branch),), branch.name, branch.loc), duty), *branch.activity.results

    def win(
        self, name: str, arms: dict[str, Arm], branches: dict[str, BranchOf], scope: Scope, node: ast.AST
    ) -> Static:
        value: Static = literal(None)
        if name in arms:
            value = self.finish_arm(arms[name], keep=True)
        elif name in branches:
            value = self.collect(branches[name], scope, node)
        for other, arm in arms.items():
            if other != name:
                self.drop_arm(arm)
        for other, branch in branches.items():
            if other != name:
                self.emit(*branch.drop)
        return value

    def outcome(
        self, place: str, name: str, names: dict[str, ast.expr], value: Static, node: ast.Call, scope: Scope
    ) -> None:
        """Set the record a select gives: which branch won, and with what."""
        kinds: dict[str, Type] = {}
        before = self.context.local_types.get(place)
        for other in names:
            mine = field_type(value) if other == name else BoolT()
            was = before.field(other) if isinstance(before, RecordT) else BoolT()
            kinds[other] = was if isinstance(mine, BoolT) else mine
        kind = RecordT("first(" + ", ".join(names) + ")", tuple(kinds.items()))
        self.context.local_types.pop(place, None)
        variable = self.local(place, kind, scope.module.loc(node), scope, node)
        parts: list[Expr] = []
        for other, part in kinds.items():
            if other != name:
                parts.append(Const(default(part), part))
            elif isinstance(part, BoolT):
                parts.append(TRUE)
            else:
                parts.append(self.coerce(value, part, node, scope) if is_expr(value) else Const(default(part), part))
        self.emit(Assign(variable, Make(tuple(parts), kind), scope.module.loc(node)))

    # --- branches as activities ---

    def spawn(
        self, name: str, callee: Static, node: ast.Call, scope: Scope, manner: Manner, *, droppable: bool
    ) -> BranchOf:
        """Start a branch: compile it as an activity of its own and set it going. `manner`: of its one wait."""
        loc = scope.module.loc(node)
        full = self.branch_name(name)
        activity = Activity(
            full, self.activity.duty, called(node), parent=self.activity.name, strong=self.activity.strong, loc=loc
        )
        self.activity.children.append(activity)
        lowering = Awaits(self.context, activity, droppable=droppable)
        try:
            result = lowering.run_branch(callee, node, scope, self, manner)
        except Unreached:  # its arguments are never there
            self.activity.children.remove(activity)
            raise
        pc = self.pc(full)
        self.emit(Assign(pc, Const(START, pc.type), loc))
        drop = self.drop_of(activity)
        return BranchOf(name, activity, result, drop, f"{self.activity.name}.{name}", loc)

    def branch_name(self, name: str) -> str:
        """Return a name for a branch that no other activity has."""
        while (full := self.fresh(name)) in self.context.activities:
            pass
        self.context.activities.add(full)
        self.context.charge(MAX_WORK // MAX_ACTORS)
        return full

    def pc(self, activity: str) -> Var:
        return Var(f"{activity}.pc", self.context.known.pc_type(activity))

    def run_branch(self, callee: Static, node: ast.Call, scope: Scope, parent: Awaits, manner: Manner) -> Static:
        """Compile the branch's code; its arguments are evaluated by the parent."""
        result: Static
        match callee:
            case Bound(function) if function.kind == "awaitable":
                callee = parent.pinned(callee, node, scope, self)
                with_arguments = self.arguments_of_parent(callee, node, scope, parent, carried=True)
                call = ast.copy_location(ast.Call(node.func, [], []), node)
                arm = self.arm_with(callee, with_arguments, call, scope)
                if arm.is_condition:  # it may look at locals of the parent, which keeps them
                    parent.activity.shared.update(*(variables(part.expr) for part in self.ready(arm)))
                result = self.wait_one(arm, node, scope, manner)
            case Bound(Function(ast.AsyncFunctionDef())):
                callee = parent.pinned(callee, node, scope, self)
                given = self.arguments_of_parent(callee, node, scope, parent, carried=False)
                self.enter(callee, scope, node)
                try:
                    result = self.run_function(callee, given, node, scope)
                finally:
                    self.leave()
            case _:
                raise self.reject(
                    "K048", f"`{ast.unparse(node.func)}(…)` cannot be a branch", scope, node, instead_of(callee)
                )
        if is_expr(result) and not isinstance(result, Const):
            place = self.local(self.fresh("result"), result.type, scope.module.loc(node), scope, node)
            self.emit(Assign(place, result, scope.module.loc(node)))
            self.activity.shared.add(place.name)
            result = place
        self.flow.finish(Stop())
        return result

    def arguments_of_parent(
        self, bound: Bound, node: ast.Call, scope: Scope, parent: Awaits, *, carried: bool
    ) -> dict[str, Static]:
        """Evaluate a branch's arguments in the parent's step, into variables of the branch.

        `carried`: they stay there while the branch waits; else what owns is moved on to a parameter.
        """
        given: dict[str, Static] = {}
        for name, value in parent.arguments(bound, node, scope).items():
            if not is_expr(value) or isinstance(value, Const):
                given[name] = parent.settled(value, node, scope, self)
                continue
            expr = parent.to_expr(value, node, scope)
            parent.no_copy(expr, node, scope)
            loc = scope.module.loc(node)
            place = self.local(self.fresh(f"given.{name}"), expr.type, loc, scope, node)
            self.activity.shared.add(place.name)
            parent.emit(Assign(place, parent.coerce(expr, place.type, node, scope), loc))
            given[name] = self.move(place, loc, strict=False) if owns(place.type) and not carried else place
        return given

    def arm_with(self, bound: Bound, given: dict[str, Static], node: ast.Call, scope: Scope) -> Arm:
        inner = self.function_scope(bound, dict(given))
        return self.begin(Reached(bound, inner, [value for value in given.values() if isinstance(value, Var)], node))

    def drop_of(self, activity: Activity) -> tuple[Stmt, ...]:
        """Return what dropping a branch does, wherever it stands."""
        pc = self.pc(activity.name)
        dropped: tuple[Stmt, ...] = ()
        for wait in reversed(activity.flow.waits):
            if wait.drop:
                dropped = (If(self.stands(activity.name, wait.label), wait.drop, dropped, wait.loc),)
        return (*dropped, *self.resets(activity), Assign(pc, Const(IDLE, pc.type)))

    def resets(self, activity: Activity) -> tuple[Stmt, ...]:
        mine = [
            (name, item.type)
            for name, item in self.context.variables.items()
            if item.owner == activity.name and not name.endswith(".pc")
        ]
        return tuple(Assign(Var(name, kind), Const(default(kind), kind)) for name, kind in mine)

    def collect(self, branch: BranchOf, scope: Scope, node: ast.AST) -> Static:
        """Take a finished branch's value and put the branch away."""
        loc = branch.loc
        value = branch.result
        if isinstance(value, Var):
            taken = self.local(self.fresh(f"{branch.name}.value"), value.type, loc, scope, node)
            self.emit(Assign(taken, value, loc))
            value = self.given_away(taken, loc)
        pc = self.pc(branch.activity.name)
        self.emit(*self.resets(branch.activity), Assign(pc, Const(IDLE, pc.type), loc))
        return value

    # --- both ---

    def join_all(self, node: ast.Call, scope: Scope, manner: Manner) -> Static:
        names = self.branches(node, scope)
        branches: list[BranchOf] = []
        for name, argument in names.items():
            inner, duty = self.unwrap_duty(argument, scope)
            callee, inner = self.callee(inner, scope)
            if duty is not None and not (isinstance(callee, Bound) and callee.function.kind == "awaitable"):
                fix = "wrap the awaits inside it"
                raise self.reject("K048", "an async helper is not one wait", scope, argument, fix)
            branches.append(self.spawn(name, callee, inner, scope, Manner(duty=duty), droppable=self.droppable))
        parts = tuple(self.done_part(branch) for branch in branches)
        moved = tuple(branch.activity.name for branch in branches)
        target = Node()
        duty, loc = manner.duty or self.activity.duty, scope.module.loc(node)
        alternative = Alternative("", parts, target, duty, moved, loc, goes_on=True)
        self.activity.results.append(Result(missing(parts, "both", loc), duty))
        self.activity.results += chain.from_iterable(branch.activity.results for branch in branches)
        self.finish_wait([alternative], [], branches, node, scope, manner, "both." + ".".join(names))
        self.flow.current = target
        values = {branch.name: self.collect(branch, scope, node) for branch in branches}
        kinds = tuple(
            (name, value.type if is_expr(value) and value != literal(None) else BoolT())
            for name, value in values.items()
        )
        kind = RecordT("both(" + ", ".join(names) + ")", kinds)
        parts_of = tuple(value if is_expr(value) and value != literal(None) else TRUE for value in values.values())
        place = self.local(self.fresh("joined"), kind, scope.module.loc(node), scope, node)
        self.emit(Assign(place, Make(parts_of, kind), scope.module.loc(node)))
        return self.given_away(place, scope.module.loc(node))
