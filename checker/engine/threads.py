"""Threads that do one thing side by side, again and again."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeAlias

Job: TypeAlias = Callable[[], object]


def cores() -> int:
    """Return on how many processors this process may run."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Threads:
    """As many threads as are `wanted`, or as the system has: see `count`. All are there from the beginning.

    Who has them only waits. So an interrupt, which comes to the main thread, stops nothing in the middle.
    """

    def __init__(self, wanted: int) -> None:
        self._pools: list[ThreadPoolExecutor] = []  # of one thread each: a job is meant for one
        for place in range(wanted):
            pool = ThreadPoolExecutor(1, thread_name_prefix=f"knotcheck-{place}")
            try:
                pool.submit(int)
            except RuntimeError:  # there are no more
                break
            self._pools.append(pool)

    @property
    def count(self) -> int:
        """Number of threads."""
        return len(self._pools)

    def do(self, job: Job) -> None:
        """Have the first thread do a job, and raise what it raises; an interrupt is raised when the job is done."""
        try:
            self._pools[0].submit(job).result()
        except KeyboardInterrupt:
            self.end()
            raise

    def together(self, jobs: Sequence[Job]) -> None:
        """Do a job on each thread, the first on this one, which is the first of them; raise what one of them raises."""
        futures = [pool.submit(job) for pool, job in zip(self._pools[1:], jobs[1:], strict=False)]
        try:
            jobs[0]()
        finally:
            wait(futures)
        for future in futures:
            future.result()

    def end(self) -> None:
        """End all threads when they have done what they were given."""
        for pool in self._pools:
            pool.shutdown()
