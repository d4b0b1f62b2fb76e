"""Properties that are declared by a call: `progress(…)`, and liveness."""

from __future__ import annotations

import ast
from typing import TypeAlias

from checker.frontend.calls import Calls
from checker.frontend.values import Function, Instance, LivenessDecl, ProgressDecl, Ref, Scope, Task, TaskRef, literal
from checker.ir.nodes import Const, Duty

Demand: TypeAlias = ProgressDecl | LivenessDecl

LIVENESS = {"leads_to": 2, "eventually": 1, "always_eventually": 1}  # how many conditions each takes
DEMANDS = frozenset({"progress", *LIVENESS})


class Demands(Calls):
    """Reads such calls in class bodies."""

    def demand(self, word: str, node: ast.Call, instance: Instance, scope: Scope) -> Demand | None:
        """Return what a call demands; None if it does not at these parameters."""
        return (
            self.progress(node, instance, scope) if word == "progress" else self.liveness(word, node, instance, scope)
        )

    def condition_function(self, node: ast.expr, instance: Instance, scope: Scope) -> Function:
        match node:
            case ast.Lambda():
                return Function(node, scope.module)
            case ast.Name(id=name) if name in instance.functions and instance.functions[name].kind == "helper":
                return instance.functions[name]
        raise self.reject("K050", "a condition is a lambda or a method", scope, node, "lambda self: …")

    def progress(self, node: ast.Call, instance: Instance, scope: Scope) -> ProgressDecl:
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        if len(node.args) != 1 or set(keywords) - {"to", "when"}:
            raise self.reject(
                "K050", "progress takes an actor and to=", scope, node, "progress(executor, to=lambda self: …)"
            )
        target = self.eval(node.args[0], scope)
        if isinstance(target, Ref) and "run" in target.instance.tasks:
            target = TaskRef(target.instance.tasks["run"], target.keys)
        if isinstance(target, Instance) and "run" in target.tasks:
            target = TaskRef(target.tasks["run"])
        if not isinstance(target, TaskRef):
            raise self.reject("K050", "progress is demanded of an actor", scope, node.args[0])
        if "when" in keywords:
            wanted = self.boolean(keywords["when"], scope)
            if wanted == literal(False):
                target = TaskRef(Task("", None, instance, Duty.OBLIGED))
        to = self.condition_function(keywords["to"], instance, scope) if "to" in keywords else None
        return ProgressDecl(target, to, scope.module.loc(node))

    def liveness(self, word: str, node: ast.Call, instance: Instance, scope: Scope) -> LivenessDecl | None:
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        count = LIVENESS[word]
        if len(node.args) != count or set(keywords) - {"over", "when"}:
            conditions = ", ".join(["lambda self: …"] * count)
            text = f"{word} takes {'two conditions' if count == 2 else 'a condition'}, over= and when="
            raise self.reject("K050", text, scope, node, f"{word}({conditions})")
        if "when" in keywords:
            wanted = self.boolean(keywords["when"], scope)
            if not isinstance(wanted, Const):
                raise self.reject("K033", "`when` must follow from parameters", scope, node)
            if not wanted.value:
                return None
        over = self.type_of(keywords["over"], scope) if "over" in keywords else None
        conditions_ = tuple(self.condition_function(argument, instance, scope) for argument in node.args)
        return LivenessDecl(word, conditions_, over, scope.module.loc(node))
