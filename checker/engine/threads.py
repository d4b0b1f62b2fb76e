"""Threads that sleep until they are woken to do their job, and do it again whenever they are."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable


def cores() -> int:
    """Return on how many processors this process may run."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Threads:
    """A thread for each of `jobs`, or as many as the system has: see `count`. An interrupt never comes to them."""

    def __init__(self, jobs: list[Callable[[], object]]) -> None:
        self._over = False
        self._calls: list[threading.Event] = []
        self._threads: list[threading.Thread] = []
        for place, job in enumerate(jobs):
            call = threading.Event()
            thread = threading.Thread(target=self._run, args=(call, job), name=f"knotcheck-{place}")
            try:
                thread.start()
            except RuntimeError:  # there are no more
                break
            self._calls.append(call)
            self._threads.append(thread)

    @property
    def count(self) -> int:
        """Number of threads."""
        return len(self._threads)

    def wake(self, place: int) -> None:
        """Have a thread do its job, or do it again when it has."""
        self._calls[place].set()

    def end(self) -> None:
        """End all threads when their jobs are done."""
        self._over = True
        for call in self._calls:
            call.set()
        for thread in self._threads:
            thread.join()

    def _run(self, call: threading.Event, job: Callable[[], object]) -> None:
        while True:
            call.wait()
            call.clear()
            if self._over:
                return
            job()
