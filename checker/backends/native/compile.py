"""Modules as machine code, kept under the name of their content."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeAlias

import llvmlite
from llvmlite import binding

from checker import cachefile

LEVEL = 2  # of optimization: 3 takes longer and makes step functions no faster
_SOURCES = (Path(__file__).parent, Path(__file__).parents[2] / "ir")  # what decides which code a model becomes
TICK = 0.05  # seconds between two looks at what else there is to heed
Heed: TypeAlias = Callable[[], None]
"""Called now and then while something takes long; what it raises ends that."""


def unheeding() -> None:
    """Heed nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """What is compiled as one. `key` says all that its text depends on but this package itself.

    `make` returns the text, of LLVM, and what else is to be kept with it.
    """

    key: bytes
    exports: Sequence[str]
    make: Callable[[], tuple[str, Mapping[str, int]]]


class Compiled:
    """Machine code in memory; the addresses are good as long as this object lives.

    Modules may call each other. `facts` are what their `make` returned, `fresh` the texts that had to be compiled.
    What `heed` raises ends the compilation.
    """

    def __init__(self, *modules: Module, folder: Path | None = None, heed: Heed = unheeding) -> None:
        binding.initialize_native_target()
        binding.initialize_native_asmprinter()
        machine = _target()
        home = folder_of_code(folder)
        base = _base()
        self.facts: dict[str, int] = {}
        self.fresh: list[str] = []
        library = binding.JITLibraryBuilder()
        for module in modules:
            path = home / f"{hashlib.sha256(base + module.key).hexdigest()[:32]}.o"
            kept = cachefile.kept(path)
            if kept is None:
                heed()
                text, facts = module.make()
                self.fresh.append(text)
                kept = json.dumps(facts).encode() + b"\n" + _aside(partial(_compile, text, machine), heed)
                cachefile.keep(path, kept)
            facts_line, _, code = kept.partition(b"\n")
            self.facts |= json.loads(facts_line)
            library.add_object_img(code)
            for name in module.exports:
                library.export_symbol(name)
        library.add_current_process()
        linker = binding.create_lljit_compiler(use_jit_link=True)
        self._linked = library.link(linker, "model")

    def address(self, name: str) -> int:
        """Return the address of a function that a module exports."""
        return int(self._linked[name])


def folder_of_code(folder: Path | None) -> Path:
    """Return where machine code is kept: in `folder`, or in the user's cache folder."""
    return cachefile.user_folder("native") if folder is None else folder


def name_of(content: bytes, sources: Sequence[Path]) -> str:
    """Return the name of what depends on `content`, on this package and on `sources`."""
    texts = (hashlib.sha256(path.read_bytes()).digest() for path in sources)
    return hashlib.sha256(b"".join([_base(), *texts, content])).hexdigest()[:32]


def _target() -> Any:
    target = binding.Target.from_default_triple()
    features = binding.get_host_cpu_features().flatten()
    return target.create_target_machine(
        opt=LEVEL, cpu=binding.get_host_cpu_name(), features=features, reloc="pic", codemodel="small"
    )


@cache
def _base() -> bytes:
    """Return what all machine code depends on: this package, its compiler, the processor."""
    files = [path for folder in _SOURCES for path in sorted(folder.glob("*.py"))]
    sources = hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()
    processor = (binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten())
    return "\n".join([sources, llvmlite.__version__, platform.python_version(), *processor, ""]).encode()


def _aside(job: Callable[[], bytes], heed: Heed) -> bytes:
    """Return the result of `job`, done in a thread: a library that works for seconds lets no signal through.

    What `heed` raises, or an interrupt, leaves the job to itself; its thread ends when it is done.
    """
    threads = ThreadPoolExecutor(1)
    try:
        work = threads.submit(job)
        while not wait([work], timeout=TICK).done:
            heed()
        return work.result()
    finally:
        threads.shutdown(wait=False)


def _compile(text: str, machine: Any) -> bytes:
    module = binding.parse_assembly(text)
    module.triple, module.data_layout = machine.triple, str(machine.target_data)
    module.verify()
    builder = binding.create_pass_builder(machine, binding.create_pipeline_tuning_options(speed_level=LEVEL))
    builder.getModulePassManager().run(module, builder)
    return bytes(machine.emit_object(module))
