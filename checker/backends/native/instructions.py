"""The intrinsics of kernels as instructions of LLVM."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from llvmlite import ir

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
    build.call(function, [_pointer(build, args[0]), _I32(1), _I32(3), _I32(1)])


def _high(build: Any, args: list[Any]) -> Any:
    product = build.mul(*(build.zext(arg, _I128) for arg in args))
    return build.trunc(build.lshr(product, _I128(64)), _I64)


def _lowest(build: Any, args: list[Any]) -> Any:
    return build.cttz(args[0], _BIT(1))


def _line(build: Any, address: Any) -> Any:
    return build.load(_pointer(build, address), typ=_VECTOR, align=8)


def _mask(width: int, words: range) -> int:
    """Return which bits are about some of the words of each place of a cache line."""
    return sum(1 << at for at in range(LINE) if at % width in words)


def _bits(build: Any, compared: Any) -> Any:
    return build.zext(build.bitcast(compared, _I8), _I64)


def _equal(build: Any, args: list[Any]) -> Any:
    line, state, width, words = args[0], args[1], int(args[2].constant), int(args[3].constant)
    wanted = build.load(_pointer(build, state), typ=ir.VectorType(_I64, width), align=8)
    places = ir.Constant(ir.VectorType(_I32, LINE), [_I32(at % width) for at in range(LINE)])
    spread = build.shuffle_vector(wanted, wanted, places)
    found = _bits(build, build.icmp_signed("==", _line(build, line), spread))
    if words < width:
        found = build.or_(found, _I64(_mask(width, range(words, width))))
    distance = width // 2
    while distance:  # a place is equal where all its words are
        found = build.and_(found, build.lshr(found, _I64(distance)))
        distance //= 2
    return found if width == 1 else build.and_(found, _I64(_mask(width, range(1))))


def _empty(build: Any, args: list[Any]) -> Any:
    width = int(args[1].constant)
    zeros = ir.Constant(_VECTOR, [_I64(0)] * LINE)
    found = _bits(build, build.icmp_signed("==", _line(build, args[0]), zeros))
    return found if width == 1 else build.and_(found, _I64(_mask(width, range(1))))


def _add_atomically(build: Any, args: list[Any]) -> Any:
    return build.atomic_rmw("add", _pointer(build, args[0]), args[1], "seq_cst")


def _load_atomically(build: Any, args: list[Any]) -> Any:
    return build.load_atomic(_pointer(build, args[0]), "acquire", 8, typ=_I64)


def _pause(build: Any, args: list[Any]) -> None:
    """An empty instruction that the optimizer may not remove; on x86 the one that is meant for it."""
    build.asm(ir.FunctionType(ir.VoidType(), []), "pause", "", [], side_effect=True)


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
    "equal": _equal,
    "empty": _empty,
    "add_atomically": _add_atomically,
    "load_atomically": _load_atomically,
    "pause": _pause,
}
"""What a call of each function of `intrinsics` becomes, by name."""
