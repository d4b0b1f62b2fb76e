"""The intrinsics of kernels as instructions of LLVM."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from llvmlite import ir
from llvmlite.ir.instructions import Instruction

from checker.backends.native.intrinsics import LINE

_BIT, _I8, _I32, _I64, _I128 = (ir.IntType(bits) for bits in (1, 8, 32, 64, 128))
_PTR = ir.PointerType()
_VECTOR = ir.VectorType(_I64, LINE)

Build: TypeAlias = Callable[[Any, list[Any]], Any]


def _pointer(build: Any, address: Any) -> Any:
    return build.inttoptr(address, _PTR)


def _load(kind: Any) -> Build:
    def make(build: Any, args: list[Any]) -> Any:
        found = build.load(_pointer(build, args[0]), typ=kind, align=kind.width // 8)
        return found if kind is _I64 else build.zext(found, _I64)

    return make


def _store(kind: Any) -> Build:
    def make(build: Any, args: list[Any]) -> None:
        value = args[1] if kind is _I64 else build.trunc(args[1], kind)
        build.store(value, _pointer(build, args[0]), align=kind.width // 8)

    return make


def _function(build: Any, name: str, result: Any, *arguments: Any) -> Any:
    found = build.module.globals.get(name)
    return found or ir.Function(build.module, ir.FunctionType(result, arguments), name)


def _prefetch(build: Any, args: list[Any]) -> None:
    function = _function(build, "llvm.prefetch.p0", ir.VoidType(), _PTR, _I32, _I32, _I32)
    build.call(function, [_pointer(build, args[0]), _I32(0), _I32(3), _I32(1)])


def _high(build: Any, args: list[Any]) -> Any:
    product = build.mul(*(build.zext(arg, _I128) for arg in args))
    return build.trunc(build.lshr(product, _I128(64)), _I64)


def _lowest(build: Any, args: list[Any]) -> Any:
    return build.cttz(args[0], _BIT(1))


def _ones(build: Any, args: list[Any]) -> Any:
    return build.ctpop(args[0])


def _spread(build: Any, word: Any) -> Any:
    first = build.insert_element(ir.Constant(_VECTOR, ir.Undefined), word, _I32(0))
    return build.shuffle_vector(first, first, ir.Constant(ir.VectorType(_I32, LINE), [_I32(0)] * LINE))


def _matching(build: Any, args: list[Any]) -> Any:
    address, mask, word = args
    return _equal(build, build.load(_pointer(build, address), typ=_VECTOR, align=8), mask, word)


def _glimpse(build: Any, args: list[Any]) -> Any:
    """A load that races has no value (`undef`), and to branch by it is undefined; `freeze` makes it any one value."""
    address, mask, word = args
    words = build.load(_pointer(build, address), typ=_VECTOR, align=8)
    frozen = Instruction(build.block, _VECTOR, "freeze", [words])
    build.block.instructions.append(frozen)
    build.position_at_end(build.block)
    empty = _equal(build, frozen, ir.Constant(_I64, -1), ir.Constant(_I64, 0))
    return build.or_(_equal(build, frozen, mask, word), build.shl(empty, ir.Constant(_I64, LINE)))


def _equal(build: Any, words: Any, mask: Any, word: Any) -> Any:
    kept = build.and_(words, _spread(build, mask))
    return build.zext(build.bitcast(build.icmp_signed("==", kept, _spread(build, word)), _I8), _I64)


def _add_atomically(build: Any, args: list[Any]) -> Any:
    return build.atomic_rmw("add", _pointer(build, args[0]), args[1], "seq_cst")


def _load_atomically(build: Any, args: list[Any]) -> Any:
    return build.load_atomic(_pointer(build, args[0]), "acquire", 8, typ=_I64)


def _swap_atomically(build: Any, args: list[Any]) -> Any:
    address, expected, value = args
    return build.extract_value(build.cmpxchg(_pointer(build, address), expected, value, "acq_rel", "acquire"), 0)


BUILD: Mapping[str, Build] = {
    "load": _load(_I64),
    "store": _store(_I64),
    "load32": _load(_I32),
    "store32": _store(_I32),
    "load8": _load(_I8),
    "store8": _store(_I8),
    "prefetch": _prefetch,
    "high": _high,
    "lowest": _lowest,
    "ones": _ones,
    "matching": _matching,
    "glimpse": _glimpse,
    "add_atomically": _add_atomically,
    "load_atomically": _load_atomically,
    "swap_atomically": _swap_atomically,
}
"""What a call of each function of `intrinsics` becomes, by name."""
