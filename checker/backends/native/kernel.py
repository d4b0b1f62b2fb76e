"""Kernels: Python functions about 64-bit words, as instructions.

What the native engine runs for every model (the search, the passes of exact detection) is written as plain functions
and translated: what is constant for a model (words of a state, whether there are invariants) is a constant. The machine
code is kept, as it is the same for all models that have the same constants.

The language: a function's parameters, variables and result are 64-bit words. Numbers wrap round; `<` and its like
compare signed; `>>` shifts zeros in; `//` is unsigned. There are assignments to names, `if`, `while`, `for … in
range(…)` (of a step that is not negative unless written with `-`; the variable is not assigned in the loop), `break`,
`continue`, `return`, calls of other kernels and of `intrinsics`; both sides of `a if c else b` are evaluated. A
parameter annotated with a `ctypes.Structure` of 64-bit fields is the address of one, and its fields are read and
assigned as attributes; `cast` makes an address such a parameter, or such a variable. A function that only raises an
error is one of the model's. A capital name is a constant: of the module, or given for a model; `if` of a constant
leaves out what cannot be.
"""

from __future__ import annotations

import ast
import ctypes
import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from llvmlite import ir

from checker.backends.native.instructions import BUILD
from checker.diagnostics import InternalError

_I64 = ir.IntType(64)
_BIT = ir.IntType(1)
_PTR = ir.PointerType()
_BINARY = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.BitAnd: "and_",
    ast.BitOr: "or_",
    ast.BitXor: "xor",
    ast.LShift: "shl",
    ast.RShift: "lshr",
    ast.FloorDiv: "udiv",
}
_COMPARE = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


def _word(value: int) -> Any:
    return ir.Constant(_I64, (value + (1 << 63)) % (1 << 64) - (1 << 63))


def translated(kernels: Sequence[Callable[..., Any]], given: Mapping[str, int]) -> str:
    """Return, as text of LLVM, a module of `kernels`, and those they call. `given` are the constants that hold."""
    translation = _Translation(given)
    for kernel in kernels:
        translation.function(kernel.__name__, inspect.getmodule(kernel)).linkage = "external"
    return str(translation.module)


class _Translation:
    def __init__(self, given: Mapping[str, int]) -> None:
        self.module = ir.Module()
        self.given = given

    def function(self, name: str, source: ModuleType | None) -> Any:
        """Return the function called `name` in `source`, translated if it has not been."""
        found = self.module.globals.get(name)
        if found is not None:
            return found
        kernel = getattr(source, name, None)
        if not inspect.isfunction(kernel):
            raise InternalError(f"no kernel `{name}`")
        tree = ast.parse(textwrap.dedent(inspect.getsource(kernel))).body[0]
        assert isinstance(tree, ast.FunctionDef)
        arguments = [_I64] * len(tree.args.args)
        result = ir.VoidType() if isinstance(tree.returns, ast.Constant) else _I64
        function = ir.Function(self.module, ir.FunctionType(result, arguments), name)
        function.attributes.add("nounwind")
        home = inspect.getmodule(kernel)
        if home is not None and not isinstance(tree.body[-1], ast.Raise):
            function.linkage = "internal"
            _Function(self, home, tree, function).translate()
        return function


class _Function:
    def __init__(self, translation: _Translation, source: ModuleType, tree: ast.FunctionDef, function: Any) -> None:
        self._translation = translation
        self._source = source
        self._tree = tree
        self._function = function
        self._entry = function.append_basic_block("entry")
        self._build = ir.IRBuilder(function.append_basic_block("body"))
        self._variables: dict[str, Any] = {}
        self._structures: dict[str, type[ctypes.Structure]] = {}
        self._loops: list[tuple[Any, Any]] = []  # where `continue` and `break` go

    def translate(self) -> None:
        body = self._build.block
        for argument, value in zip(self._tree.args.args, self._function.args, strict=True):
            value.name = argument.arg
            if isinstance(argument.annotation, ast.Name) and argument.annotation.id != "int":
                self._structures[argument.arg] = getattr(self._source, argument.annotation.id)
            self._set(argument.arg, value)
        self._block(self._tree.body)
        if not self._build.block.is_terminated:
            returns = isinstance(self._function.ftype.return_type, ir.VoidType)
            self._build.ret_void() if returns else self._build.unreachable()
        ir.IRBuilder(self._entry).branch(body)

    def _fault(self, node: ast.AST) -> InternalError:
        return InternalError(f"a kernel cannot say `{ast.unparse(node)}`")

    # --- statements ----------------------------------------------------------------------------

    def _block(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            self._statement(statement)
            if self._build.block.is_terminated:
                return

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Expr(ast.Constant()) | ast.Pass():
                return
            case ast.Expr(ast.Call() as call):
                self._call(call)
            case ast.Assign([ast.Name() | ast.Attribute() as target], value) | ast.AnnAssign(
                target, _, ast.expr() as value
            ):
                self._note_structure(target, value)
                self._assign(target, self._value(value))
            case ast.Assign([ast.Tuple(targets)], ast.Tuple(values)):
                for one, value in zip(targets, [self._value(value) for value in values], strict=True):
                    self._assign(one, value)
            case ast.AugAssign(target, operator, value):
                self._assign(target, self._binary(operator, self._value(target), self._value(value), node))
            case ast.Return(None):
                self._build.ret_void()
            case ast.Return(ast.expr() as value):
                self._build.ret(self._value(value))
            case ast.If():
                self._if(node)
            case ast.While(test, body):
                self._while(test, body)
            case ast.For(ast.Name(name), ast.Call(ast.Name("range"), args), body):
                self._for(name, args, body)
            case ast.Continue():
                self._build.branch(self._loops[-1][0])
            case ast.Break():
                self._build.branch(self._loops[-1][1])
            case _:
                raise self._fault(node)

    def _note_structure(self, target: ast.expr, value: ast.expr) -> None:
        match target, value:
            case ast.Name(name), ast.Call(ast.Name("cast"), [ast.Name(kind), _]):
                self._structures[name] = getattr(self._source, kind)

    def _assign(self, target: ast.expr, value: Any) -> None:
        match target:
            case ast.Name(name):
                self._set(name, value)
            case ast.Attribute(ast.Name(name), field):
                self._build.store(value, self._field(name, field))
            case _:
                raise self._fault(target)

    def _set(self, name: str, value: Any) -> None:
        if name not in self._variables:
            self._variables[name] = ir.IRBuilder(self._entry).alloca(_I64, name=name)
        self._build.store(value, self._variables[name])

    def _if(self, node: ast.If) -> None:
        test, body, other = node.test, node.body, node.orelse
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test, body, other = test.operand, other, body
        if isinstance(test, ast.Name) and test.id not in self._variables:
            self._block(body if self._constant(test) else other)
            return
        then, otherwise, after = (self._function.append_basic_block(name) for name in ("then", "else", "after"))
        self._branch(node.test, then, otherwise)
        for start, body in ((then, node.body), (otherwise, node.orelse)):
            self._build.position_at_end(start)
            self._block(body)
            self._go(after)
        self._build.position_at_end(after)

    def _while(self, test: ast.expr, body: Sequence[ast.stmt]) -> None:
        head, inside, after = (self._function.append_basic_block(name) for name in ("head", "inside", "after"))
        self._build.branch(head)
        self._build.position_at_end(head)
        self._branch(test, inside, after)
        self._loop(inside, body, head, after)
        self._go(head)
        self._build.position_at_end(after)

    def _for(self, name: str, args: Sequence[ast.expr], body: Sequence[ast.stmt]) -> None:
        begin = self._value(args[0]) if len(args) > 1 else _word(0)
        end = self._value(args[0] if len(args) == 1 else args[1])
        step = self._value(args[2]) if len(args) == 3 else _word(1)
        upwards = len(args) < 3 or not isinstance(args[2], ast.UnaryOp)
        head, inside, following, after = map(self._function.append_basic_block, ("head", "inside", "next", "after"))
        self._set(name, begin)
        self._build.branch(head)
        self._build.position_at_end(head)
        now = self._build.load(self._variables[name], typ=_I64)
        self._build.cbranch(self._build.icmp_signed("<" if upwards else ">", now, end), inside, after)
        self._loop(inside, body, following, after)
        self._go(following)
        self._build.position_at_end(following)
        self._set(name, self._build.add(self._build.load(self._variables[name], typ=_I64), step))
        self._build.branch(head)
        self._build.position_at_end(after)

    def _loop(self, inside: Any, body: Sequence[ast.stmt], following: Any, after: Any) -> None:
        self._loops.append((following, after))
        self._build.position_at_end(inside)
        self._block(body)
        self._loops.pop()

    def _go(self, block: Any) -> None:
        if not self._build.block.is_terminated:
            self._build.branch(block)

    # --- expressions ---------------------------------------------------------------------------

    def _value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value) if isinstance(value, int):
                return _word(int(value))
            case ast.Name(name) if name in self._variables:
                return self._build.load(self._variables[name], typ=_I64)
            case ast.Name():
                return _word(self._constant(node))
            case ast.Attribute(ast.Name(name), field):
                return self._build.load(self._field(name, field), typ=_I64)
            case ast.BinOp(left, operator, right):
                return self._binary(operator, self._value(left), self._value(right), node)
            case ast.UnaryOp(ast.Invert(), operand):
                return self._build.not_(self._value(operand))
            case ast.UnaryOp(ast.USub(), operand):
                return self._build.neg(self._value(operand))
            case ast.IfExp(test, then, otherwise):
                return self._build.select(self._condition(test), self._value(then), self._value(otherwise))
            case ast.Call():
                return self._call(node)
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(ast.Not()):
                return self._build.zext(self._condition(node), _I64)
            case _:
                raise self._fault(node)

    def _constant(self, node: ast.Name) -> int:
        found = self._translation.given.get(node.id, getattr(self._source, node.id, None))
        if not isinstance(found, int):
            raise self._fault(node)
        return found

    def _binary(self, operator: ast.operator, left: Any, right: Any, node: ast.AST) -> Any:
        name = _BINARY.get(type(operator))
        if name is None:
            raise self._fault(node)
        return getattr(self._build, name)(left, right)

    def _condition(self, node: ast.expr) -> Any:
        """Return a bit; all arguments of `and` and `or` are evaluated."""
        match node:
            case ast.Compare(left, [operator], [right]) if type(operator) in _COMPARE:
                return self._build.icmp_signed(_COMPARE[type(operator)], self._value(left), self._value(right))
            case ast.UnaryOp(ast.Not(), operand):
                return self._build.not_(self._condition(operand))
            case ast.BoolOp(operator, values):
                join = self._build.and_ if isinstance(operator, ast.And) else self._build.or_
                found = self._condition(values[0])
                for value in values[1:]:
                    found = join(found, self._condition(value))
                return found
            case _:
                return self._build.icmp_signed("!=", self._value(node), _word(0))

    def _branch(self, test: ast.expr, then: Any, otherwise: Any) -> None:
        """End the block by going one way or the other; what `and` and `or` need not know is not evaluated."""
        match test:
            case ast.BoolOp(operator, [first, *others]):
                for value in others:
                    rest = self._function.append_basic_block("rest")
                    ways = (rest, otherwise) if isinstance(operator, ast.And) else (then, rest)
                    self._branch(first, *ways)
                    self._build.position_at_end(rest)
                    first = value
                self._branch(first, then, otherwise)
            case ast.UnaryOp(ast.Not(), operand):
                self._branch(operand, otherwise, then)
            case _:
                self._build.cbranch(self._condition(test), then, otherwise)

    def _field(self, name: str, field: str) -> Any:
        structure = self._structures.get(name)
        if structure is None:
            raise InternalError(f"`{name}` of a kernel has no fields")
        address = self._build.load(self._variables[name], typ=_I64)
        offset = getattr(structure, field).offset
        return self._build.inttoptr(self._build.add(address, _word(offset)), _PTR)

    def _call(self, node: ast.Call) -> Any:
        assert isinstance(node.func, ast.Name)
        if node.func.id == "cast":
            return self._value(node.args[1])
        args = [self._value(arg) for arg in node.args]
        make = BUILD.get(node.func.id)
        if make is not None:
            return make(self._build, args)
        function = self._translation.function(node.func.id, self._source)
        return self._build.call(function, args)
