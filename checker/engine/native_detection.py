"""Complete detection where nobody is expected to be found: is anybody stuck who has no certificate, and must not be?

`native_exact` says who is, and where, at three words a state and more work; this only asks what can be an error.
"""

from __future__ import annotations

import ctypes
from array import array

from checker.backends.native import detection, memory
from checker.backends.native.detection import Detection
from checker.backends.native.runtime import BATCH
from checker.engine.native import NativeExploration
from checker.engine.watch import Knots
from checker.waits.conditions import LEVEL, MAY, OBLIGED

WORD = 64


class Detector:
    """Questions about the states of a complete search: who must be able to move, at which level.

    Exhausted where a limit of time or memory is reached.
    """

    def __init__(self, exploration: NativeExploration, levels: dict[int, int]) -> None:
        """`levels`: by level, a mask of actors."""
        self.levels = levels
        self._exploration = exploration
        self._store, certifier = exploration.store, exploration.certifier
        assert certifier is not None
        self._waits = certifier.at
        model = exploration.model
        actors = len(model.actors)
        asked = sum(mask << lane * actors for lane, mask in enumerate(levels.values()))
        everybody = (1 << actors) - 1
        passed = [
            sum(everybody << lane * actors for lane, level in enumerate(levels) if LEVEL[action.duty] <= level)
            for action in model.actions
        ]
        batches = ("hashes", "numbers", "ats", "ends")
        sizes = dict.fromkeys(batches, BATCH) | dict.fromkeys(("path", "ways"), detection.DEPTH + 1)
        arrays = {name: array("Q", [0] * size) for name, size in sizes.items()}
        arrays |= {"levels": array("Q", [*levels]), "passed": array("Q", passed or [0])}
        count = self._store.count
        slots = count if self._store.k > 1 else self._store.places
        words = {"slots": slots * detection.widths(actors)["SLOT"] // 8, "marks": count // 8 + 1}
        self.bytes = 8 * sum(words.values())
        exploration.reserve(self.bytes // 8)
        large = {name: memory.Words(size) for name, size in words.items()}
        self._kept = arrays, large
        fails, counts = self._store.scratch()
        self.detection = Detection(
            actors=actors,
            lanes=len(levels),
            asked=asked - (1 << WORD) if asked >> WORD - 1 else asked,
            fails=fails,
            counts=counts,
            **{name: values.buffer_info()[0] for name, values in arrays.items()},
            **{name: values.address for name, values in large.items()},
        )
        self._at = ctypes.addressof(self.detection)

    def open(self, number: int) -> dict[int, int]:
        """Return, by level, about whom a question of a state is open."""
        actors = int(self.detection.actors)
        found = self._store.program.call(detection.open_in, self._store.at, self._at, number)
        return {level: found >> lane * actors & (1 << actors) - 1 for lane, level in enumerate(self.levels)}

    def answer(self) -> int:
        """Answer all questions; return a state in which one is not answered that matters, -1 if there is none."""
        call, search = self._store.program.call, self._store.at
        call(detection.prepare, search, self._waits, self._at)
        upwards = 0
        # Down first: most of what is asked is answered then, and nothing has to be asked of others.
        while self.detection.left:
            changed = call(detection.propagate, search, self._waits, self._at, upwards)
            if not changed and self.detection.asking:
                break
            upwards, self.detection.asking = 1 - upwards, 1
            self._exploration.reserve(0)
        if not self.detection.left:
            return -1
        return call(detection.unanswered, search, self._waits, self._at)


def questions(exploration: NativeExploration, knots: Knots) -> list[dict[int, int]]:
    """Return what is to be asked: by level, about whom; apart where a word has no room for all."""
    actors = len(exploration.model.actors)
    found = {OBLIGED: knots.demanded_mask}
    if knots.selection.deadlock or knots.selection.orphan:
        found[MAY] = (1 << actors) - 1
    if one_level(exploration):
        found = {OBLIGED: found[OBLIGED] | found.get(MAY, 0)}
    found = {level: mask for level, mask in found.items() if mask}
    return [found] if len(found) * actors <= WORD else [{level: mask} for level, mask in found.items()]


def one_level(exploration: NativeExploration) -> bool:
    """Tell whether obliged actions lead wherever obliged and may-actions do, as there are none of these."""
    return all(LEVEL[action.duty] != MAY for action in exploration.model.actions)


def all_certified(exploration: NativeExploration, knots: Knots) -> bool:
    """Tell whether everybody who is stuck (or blocked) and must not be has a certificate."""
    for levels in questions(exploration, knots):
        detector = Detector(exploration, levels)
        exploration.detection_bytes = max(exploration.detection_bytes, detector.bytes)
        if detector.answer() >= 0:
            return False
    return True
