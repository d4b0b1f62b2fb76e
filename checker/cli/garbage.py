"""How often Python looks for garbage in cycles, in a process of the command."""

from __future__ import annotations

import gc

YOUNG = 50_000  # objects made and not dropped between two looks; Python's own 700 are fewer than some states take


def look_rarely() -> None:
    """Look for cycles of garbage less often than Python does.

    What a check makes is data without cycles (nodes, states, what is known of them), and all of it is kept: each look
    walks what is young, now and then all that is there, for next to nothing. It was a twentieth of a short check.
    """
    gc.set_threshold(YOUNG)
