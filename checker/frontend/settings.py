"""Settings as text: what `--set name=text` means, and how a value is written there."""

from __future__ import annotations

import re

from checker.diagnostics import UsageError, suggest
from checker.ir.domains import BoolT, IntT, Type, Value, values

ANY = "unbounded"  # the setting of a parameter that stays unknown


def parse_setting(name: str, text: str, kind: Type) -> Value:
    """Return the value `--set name=text` means; UsageError if it is outside the domain."""
    if isinstance(kind, IntT):
        if re.fullmatch(r"-?\d{1,18}", text) and kind.lo <= int(text) <= kind.hi:
            return int(text)
        raise UsageError(f"{name}={text} is outside its domain: {kind.lo}..{kind.hi}")
    known = list(values(kind))
    for value in known:
        if setting_text(value) == text:
            return value
    if isinstance(kind, BoolT) and text.lower() in ("on", "yes", "1", "off", "no", "0"):
        return text.lower() in ("on", "yes", "1")
    domain = ", ".join(map(setting_text, known))
    raise UsageError(f"{name}={text} is outside its domain: {domain}{suggest(text, map(setting_text, known))}")


def setting_text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
