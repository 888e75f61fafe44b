"""One process a core, a market a task: villages closed side by side, and one's failure is its own.

A market's villages go one after the other in the order of their codes, by one worker: they write in one book, and so
its entries have the same order however often the close was cut off.
"""

import gc
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for

from love_market.county import village as villages
from love_market.county.rules import ClosePlan, Ending, Outcome
from love_market.errors import LoveMarketError, words
from love_market.places.queries import VillageRecord

Market = Sequence[VillageRecord]
Enter = Callable[[], object]
_AHEAD = 2
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Closed:
    """What came of a market's villages, and the worker's peak memory so far in bytes."""

    outcomes: tuple[Outcome, ...]
    worker: int
    peak_bytes: int


def close_all(plan: ClosePlan, markets: Sequence[Market], enter: Enter, *, jobs: int) -> Iterator[Closed]:
    """Close the villages of some markets, ``jobs`` markets at a time; yield each as it is done, in no order.

    ``enter`` opens the application in a fresh process; it must be picklable. A worker that dies (out of memory,
    killed) takes nothing along: the markets that were begun are tried once more, each alone, so that only one that
    kills its worker again is given up.
    """
    left = dict(enumerate(markets))
    while left:
        begun: set[int] = set()
        try:
            yield from _run(plan, left, begun, enter, jobs)
        except BrokenProcessPool:
            for index in sorted(begun & left.keys()):
                yield from _run_alone(plan, left, index, enter)


def _run(plan: ClosePlan, left: dict[int, Market], begun: set[int], enter: Enter, jobs: int) -> Iterator[Closed]:
    """Work off what is left, with no more markets handed out than will be begun soon; they are noted in ``begun``."""
    waiting = iter(list(left))
    running: dict[Future[Closed], int] = {}
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), begin_worker, (enter,))
    try:
        while left:
            while len(running) < jobs * _AHEAD and (index := next(waiting, None)) is not None:
                begun.add(index)
                running[pool.submit(_close_market, plan, left[index])] = index
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                closed = done.result()
                del left[running.pop(done)]
                yield closed
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _run_alone(plan: ClosePlan, left: dict[int, Market], index: int, enter: Enter) -> Iterator[Closed]:
    """Close one market whose worker died; say so where it dies again."""
    market = left.pop(index)
    try:
        yield from _run(plan, {index: market}, set(), enter, 1)
    except BrokenProcessPool:
        said = words("工作进程两次中途停了（多半是内存不够）。请再运行一次同样的命令")
        yield Closed(tuple(_failed(one, said) for one in market), 0, 0)


def begin_worker(enter: Enter) -> None:
    """Make a fresh process ready: it ends with its parent, and leaves Ctrl-C to it, to finish the village in hand.

    What is there once the application is open stays, so the collector need not look at it again and again.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    enter()
    gc.collect()
    gc.freeze()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _close_market(plan: ClosePlan, market: Market) -> Closed:
    outcomes = tuple(_close_village(plan, one) for one in market)
    return Closed(outcomes, os.getpid(), _peak_bytes())


def _peak_bytes() -> int:
    """Return the most memory that this process ever held; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0
    import resource  # noqa: PLC0415 Windows has none

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _close_village(plan: ClosePlan, village: VillageRecord) -> Outcome:
    try:
        return villages.close(plan, village)
    except LoveMarketError as error:
        return _failed(village, str(error))
    except Exception as error:  # noqa: BLE001 whatever it is, the other villages go on
        _log.exception("%s %s", village.code, village.name)
        return _failed(village, f"{type(error).__name__}: {error}")


def _failed(village: VillageRecord, said: str) -> Outcome:
    return Outcome(village.code, village.short_name, Ending.FAILED, said)
