"""Checkers that are Python libraries, in an environment of their own: one of them needs a newer Python than we do."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.cases import Case

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("minicheck", "musil")
PACKAGES = ("minicheck==0.4.0", "musil==0.36.7")
PYTHONS = ("python3.14", "python3.13", "python3.12")


@dataclass(frozen=True, slots=True)
class Environment:
    """An interpreter in whose environment the libraries are."""

    python: Path
    version: str


def environment(folder: Path, given: str | None) -> Environment | None:
    """Make the environment in `folder`; None if there is no Python >= 3.12. `given`: the interpreter to use."""
    found = given or _newer_python()
    if found is None:
        sys.stderr.write("without minicheck and musil: no Python >= 3.12 on PATH; name one with --python\n")
        return None
    subprocess.run([found, "-m", "venv", str(folder)], check=True, capture_output=True)
    python = folder / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True, capture_output=True)
    return Environment(python, _version(str(python)) or "")


def run_python(environment: Environment, checker: str, case: Case) -> dict[str, float]:
    """Return what one run took."""
    sizes = [f"{name}={value}" for name, value in case.sizes]
    command = [str(environment.python), "-m", "bench.in_python", checker, case.model, *sizes]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr[-3000:]}")
    found: dict[str, float] = json.loads(done.stdout)
    if found["states"] != case.states:
        raise RuntimeError(f"{checker} found {found['states']} states of {case.name}, not {case.states}")
    return found


def _newer_python() -> str | None:
    for name in (sys.executable, *PYTHONS):
        path = shutil.which(name)
        if path and (_version(path) or "") >= "3.12":
            return path
    return None


def _version(python: str) -> str | None:
    """Return an interpreter's version; None if it does not run: version managers leave shims for what is not there."""
    asked = [python, "-c", "import platform; print(platform.python_version())"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None
