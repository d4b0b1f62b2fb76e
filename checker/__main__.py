"""The command `check`; `python -m checker` is the same."""

from __future__ import annotations

import _thread
import importlib
import os
import signal
import sys
import threading
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130
SOON = 0.001  # seconds


def main() -> NoReturn:
    """Enter the command. An interrupt while it is still loading ends it as any other."""
    try:
        _lose_no_interrupt()
        code = importlib.import_module("checker.cli").main()
    except KeyboardInterrupt:
        code = INTERRUPTED
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is over
    if threading.active_count() > 1:  # a compilation that nobody waits for: it cannot be ended, and may take seconds
        os._exit(code)
    sys.exit(code)


def _lose_no_interrupt() -> None:
    """Interrupt once more, soon, if an interrupt comes while an object is deleted, where Python drops exceptions.

    After an interrupt, what else is raised there is of objects that it left half made, and nobody's concern.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return  # in the background of a shell, say
    seen: list[int] = []

    def interrupt(number: int, frame: FrameType | None) -> None:
        seen.append(number)
        signal.default_int_handler(number, frame)

    def dropped(raised: sys.UnraisableHookArgs) -> None:
        if raised.exc_type is KeyboardInterrupt:
            threading.Timer(SOON, _thread.interrupt_main).start()
        elif not seen:
            sys.__unraisablehook__(raised)

    signal.signal(signal.SIGINT, interrupt)
    sys.unraisablehook = dropped


if __name__ == "__main__":
    main()
