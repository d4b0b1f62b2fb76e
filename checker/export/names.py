"""Names of the IR as identifiers of TLA+: `fork.waiting` is `fork_waiting`, `first fork` is `FirstFork`."""

from __future__ import annotations

import re
from itertools import count

from checker.export.helpers import DEFINITIONS

_WORDS = """
ASSUME ASSUMPTION AXIOM CASE CHOOSE CONSTANT CONSTANTS DOMAIN ELSE ENABLED EXCEPT EXTENDS IF IN INSTANCE LET LOCAL
MODULE OTHER SF_ SUBSET THEN THEOREM UNCHANGED UNION VARIABLE VARIABLES WF_ WITH BOOLEAN FALSE TRUE STRING LAMBDA PROOF
BY QED OBVIOUS OMITTED RECURSIVE STATE TAKE USE WITNESS HAVE HIDE DEFINE DEF DEFS ONLY NEW ACTION TEMPORAL PICK SUFFICES
PROVE LEMMA PROPOSITION COROLLARY
Integers Naturals Reals Sequences FiniteSets Bags TLC Nat Int Real Infinity Seq Len Head Tail Append SubSeq SelectSeq
IsFiniteSet Cardinality Print PrintT Assert JavaTime TLCGet TLCSet Permutations SortSeq RandomElement Any ToString
TLCEval
vars Init Next Spec Fairness TypeOK Quiet NoDeadlock self
"""  # keywords; the standard modules and what those define that are extended; what every module defines
RESERVED = frozenset(_WORDS.split()) | frozenset(DEFINITIONS)


class Names:
    """Identifiers that have been given out; no two alike."""

    def __init__(self) -> None:
        self._taken = set(RESERVED)

    def taken(self) -> frozenset[str]:
        return frozenset(self._taken)

    def variable(self, text: str) -> str:
        """Return an identifier for a state variable."""
        return self._unique(_identifier(re.sub(r"[^0-9A-Za-z_]+", "_", text).strip("_")))

    def definition(self, *texts: str) -> str:
        """Return an identifier for a definition: the first of `texts` that is free, else the last with a number."""
        camels = [_identifier(camel(text)) for text in texts]
        free = next((found for found in camels if found not in self._taken), camels[-1])
        return self._unique(free)

    def _unique(self, wanted: str) -> str:
        candidates = (f"{wanted}_{n}" if n > 1 else wanted for n in count(1))
        found = next(name for name in candidates if name not in self._taken)
        self._taken.add(found)
        return found


def camel(text: str) -> str:
    """Return `first fork` as `FirstFork`, `step#2` as `Step2`."""
    words = re.findall(r"[0-9A-Za-z]+", text)
    return "".join(word[:1].upper() + word[1:] for word in words)


def _identifier(text: str) -> str:
    letters = any(c.isalpha() for c in text)
    return text if letters and not text[0].isdigit() and text[:3] not in ("WF_", "SF_") else f"n_{text}"
