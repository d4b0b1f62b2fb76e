"""Modules as machine code, kept under the name of their content."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import llvmlite
import platformdirs
from llvmlite import binding

from checker.diagnostics import InternalError

LEVEL = 2  # of optimization: 3 takes longer and makes step functions no faster


class Compiled:
    """Machine code in memory; the addresses are good as long as this object lives."""

    def __init__(self, text: str, *, folder: Path | None = None) -> None:
        binding.initialize_native_target()
        binding.initialize_native_asmprinter()
        machine = _target()
        home = platformdirs.user_cache_path("knotcheck") / "native" if folder is None else folder
        path = home / f"{_digest(text)}.o"
        code = _load(path)
        if code is None:
            code = _compile(text, machine)
            _keep(path, code)
            _keep(path.with_suffix(".ll"), text.encode())  # for the eyes only
        self._engine = binding.create_mcjit_compiler(binding.parse_assembly(""), machine)
        self._engine.add_object_file(binding.ObjectFileRef.from_data(code))
        self._engine.finalize_object()

    def address(self, name: str) -> int:
        """Return the address of a function."""
        found = int(self._engine.get_function_address(name))
        if not found:
            raise InternalError(f"no function `{name}` was compiled")
        return found


def _target() -> Any:
    target = binding.Target.from_default_triple()
    features = binding.get_host_cpu_features().flatten()
    return target.create_target_machine(
        opt=LEVEL, cpu=binding.get_host_cpu_name(), features=features, reloc="pic", codemodel="jitdefault"
    )


def _digest(text: str) -> str:
    given = (llvmlite.__version__, binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten(), str(LEVEL))
    return hashlib.sha256("\n".join([*given, text]).encode()).hexdigest()[:32]


def _compile(text: str, machine: Any) -> bytes:
    module = binding.parse_assembly(text)
    module.verify()
    builder = binding.create_pass_builder(machine, binding.create_pipeline_tuning_options(speed_level=LEVEL))
    builder.getModulePassManager().run(module, builder)
    return bytes(machine.emit_object(module))


def _load(path: Path) -> bytes | None:
    """Return the code in a file of ours, None if there is none or it is not whole."""
    try:
        kept = path.read_bytes()
    except OSError:
        return None
    code, digest = kept[:-32], kept[-32:]
    return code if hashlib.sha256(code).digest() == digest else None


def _keep(path: Path, code: bytes) -> None:
    """Write a file, whole or not at all; a folder that cannot be written costs the file, not the function."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(code + (hashlib.sha256(code).digest() if path.suffix == ".o" else b""))
        os.replace(name, path)
    except OSError:
        return
