"""How messages speak of Python: constructs as users write them, what to write instead, articles."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from checker.ir.domains import UNLIMITED, BoolT, EnumT, IntT, SeqT, SetT, Type
from checker.ir.nodes import Const, Expr

OF_ASYNCIO = {
    "sleep": "`step()` lets others run; a Timer (model.timer) rings",
    "gather": "both(left=self.a(), right=self.b())",
    "join": "both(left=self.a(), right=self.b())",
    "TaskGroup": "both(left=self.a(), right=self.b())",
    "select": "first(message=self.queue.recv(), stop=self.stop.fired())",
    "wait_for": "first(answer=…, late=self.timer.elapsed()), with a Timer (model.timer)",
    "timeout": "first(answer=…, late=self.timer.elapsed()), with a Timer (model.timer)",
    "create_task": "a `@task` of its own; to wait for its end, a JoinHandle (model.join)",
    "ensure_future": "a `@task` of its own; to wait for its end, a JoinHandle (model.join)",
    "spawn": "a `@task` of its own; to wait for its end, a JoinHandle (model.join)",
    "shield": "a `@task` of its own; to wait for its end, a JoinHandle (model.join)",
    "Queue": "Channel (model.channel)",
    "Lock": "Mutex (model.mutex)",
    "Semaphore": "Semaphore (model.semaphore)",
    "Event": "Token (model.token)",
    "Condition": "Notify(stored=False) (model.notify)",
    "Future": "Oneshot (model.channel)",
}
RUNTIMES = frozenset({"asyncio", "anyio", "trio"})
NOT_RUN = "sleep: step(), gather: both(…), timeouts: first(…), create_task: a @task; queues and locks: docs/blocks.md"
SEVERAL = 6  # more members of an Enum are no help in a message

_SPELLED = {
    # statements
    "AsyncFor": "`async for`",
    "AsyncFunctionDef": "an async function within a function",
    "AsyncWith": "`async with`",
    "ClassDef": "a class within a function",
    "Delete": "`del`",
    "For": "a `for`",
    "FunctionDef": "a function within a function",
    "Global": "`global`",
    "If": "an `if`",
    "Import": "`import` within a function",
    "ImportFrom": "`import` within a function",
    "Raise": "`raise`",
    "Try": "a `try`",
    "TryStar": "`except*`",
    "TypeAlias": "`type`",
    "While": "a `while`",
    "With": "a `with`",
    "Match": "a `match`",
    "Assert": "an `assert`",
    "Assign": "an assignment",
    "AugAssign": "an assignment",
    "AnnAssign": "a declaration",
    "Expr": "a call",
    "Return": "a `return`",
    "Break": "`break`",
    "Continue": "`continue`",
    # expressions
    "Await": "`await`",
    "Dict": "`{key: value}`",
    "DictComp": "a dict comprehension",
    "FormattedValue": "an f-string",
    "GeneratorExp": "a generator",
    "JoinedStr": "an f-string",
    "Lambda": "`lambda`",
    "ListComp": "a list comprehension",
    "NamedExpr": "`:=`",
    "SetComp": "a set comprehension",
    "Slice": "a slice",
    "Starred": "`*`",
    "Yield": "`yield`",
    "YieldFrom": "`yield from`",
    # operators
    "Add": "`+`",
    "BitAnd": "`&`",
    "BitOr": "`|`",
    "BitXor": "`^`",
    "Div": "`/`",
    "FloorDiv": "`//`",
    "Invert": "`~`",
    "LShift": "`<<`",
    "MatMult": "`@`",
    "Mod": "`%`",
    "Mult": "`*`",
    "Pow": "`**`",
    "RShift": "`>>`",
    "Sub": "`-`",
    "UAdd": "unary `+`",
}
_INSTEAD = {
    "AsyncFor": "use `while True:` with an await",
    "AsyncFunctionDef": "make it a method",
    "AsyncWith": "use `with` on what an await gave",
    "ClassDef": "declare it at the top of the file",
    "Delete": "drop(x) empties a slot",
    "FunctionDef": "make it a method",
    "Global": "make it a field of the spec",
    "Import": "import at the top of the file",
    "ImportFrom": "import at the top of the file",
    "Raise": "return an error value",
    "TryStar": "return error values; `try/finally` cleans up",
    "TypeAlias": "assign it in the class body: `T = Int(0, 2)`",
    "Dict": "declare a Map: `m = Map(K, T, init=…)`",
    "DictComp": "declare a Map and assign its elements",
    "FormattedValue": "use a plain string",
    "GeneratorExp": "use it as the argument of any, all, count or sum",
    "JoinedStr": "use a plain string",
    "Lambda": "write a method",
    "ListComp": "loop with `for`, or quantify: `any(… for … in …)`",
    "NamedExpr": "assign in a statement of its own",
    "SetComp": "loop with `for` and `.add`",
    "Slice": "go through it with `for`, or take one item: `q[0]`",
    "Starred": "write the arguments one by one",
    "Yield": "use a channel",
    "YieldFrom": "use a channel",
    "BitAnd": "write `and`",
    "BitOr": "write `or`",
    "BitXor": "compare with `!=`",
    "Div": "write `//`: numbers are whole",
    "Invert": "write `not`",
    "LShift": "multiply",
    "Pow": "multiply",
    "RShift": "divide: `//`",
    "UAdd": "delete it",
}


def spelled(node: ast.AST) -> str:
    """Return a construct as users know it."""
    name = type(node).__name__
    return _SPELLED.get(name, f"`{name}`")


def unknown(node: ast.AST) -> str:
    """Return what is said of a construct that the language does not have."""
    return f"{spelled(node)} is not part of the language"


def instead(node: ast.AST) -> str:
    """Return what to write instead of a construct; nothing where there is no telling."""
    return _INSTEAD.get(type(node).__name__, "")


def with_article(thing: object) -> str:
    """Return a thing's text behind its article."""
    text = str(thing)
    return f"an {text}" if text[:1] in "AEIOUaeio" else f"a {text}"


def no_value(node: ast.AST, want: object) -> tuple[str, str] | None:
    """Return mistake and fix of a call that gives no value where `want` is needed; None for anything else."""
    call = node.value if isinstance(node, ast.Await) else node
    if not isinstance(call, ast.Call):
        return None
    return f"`{ast.unparse(call)}` gives no value", f"return {with_article(want)} from it, or do not ask for a value"


def mismatched(expr: Expr, want: Type, node: ast.AST) -> tuple[str, str]:
    """Return mistake and fix where a value of type `want` is needed and `expr` is none."""
    fix = ""
    if want == EnumT("", ()):  # of `[]`
        return "it is not known what is in it", "say so where it is made: `items: Seq(Int(0, 3), 2) = []`"
    match want, expr.type:
        case BoolT(), IntT() if isinstance(node, ast.expr):
            fix = f"compare it: {ast.unparse(node)} != 0"
        case BoolT(), SeqT() | SetT() if isinstance(node, ast.expr):
            fix = f"compare it: len({ast.unparse(node)}) > 0"
        case BoolT(), _:
            fix = "compare it"
        case IntT(lo, hi), _ if hi < UNLIMITED // 2:
            fix = f"a number, {lo} to {hi}"
        case EnumT(_, members), _ if 0 < len(members) <= SEVERAL:
            fix = " or ".join(f'"{member}"' for member in members)
    match expr:
        case Const(str() as text):
            found = f'"{text}"'
        case _:
            found = with_article(expr.type)
    return f"{with_article(want)} is needed, this is {found}", fix


def number_of(count: int, what: str) -> str:
    """Return `1 argument`, `2 arguments`."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def there_are(names: Iterable[str]) -> str:
    """Return a list of what there is, if it is short enough to help."""
    known = sorted(name for name in set(names) if not name.startswith("_"))
    return f"there are: {', '.join(known)}" if 0 < len(known) <= 12 else ""


def example(name: str) -> str:
    """Return how a type that needs its bounds is written."""
    return {
        "Int": "Int(0, 9)",
        "Seq": "Seq(T, 2)",
        "Map": "Map(K, T)",
        "Set": "Set(T)",
        "Option": "Option(T)",
        "Enum": 'Enum("idle", "busy")',
        "Own": "Own(T)",
        "Record": "Record(size=Int(0, 2))",
    }[name]
