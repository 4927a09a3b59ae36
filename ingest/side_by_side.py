"""Several tasks at a time, in threads that never keep the program from ending."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

Result = TypeVar("Result")


def side_by_side(tasks: Sequence[Callable[[], Result]], workers: int, stop: Callable[[], None]) -> list[Result]:
    """Returns the results of tasks in their order; the first error stops them all.

    The threads do not outlive the program: one that waits for a silent server must not keep it from ending.
    """
    results: dict[int, Result] = {}
    errors: list[BaseException] = []
    left = iter(enumerate(tasks))
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                number, task = next(left, (-1, None))
            if task is None or errors:
                return
            try:
                results[number] = task()
            except BaseException as error:
                errors.append(error)
                stop()

    threads = [threading.Thread(target=work, name=f"fetch-{n}", daemon=True) for n in range(min(workers, len(tasks)))]
    try:
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            for thread in threads:
                thread.join(0.05)
    except BaseException:
        stop()
        raise
    if errors:
        raise errors[0]
    return [results[n] for n in range(len(tasks))]
