"""A flight: statements sent to PostgreSQL in one piece, their answers awaited together.

The driver's own pipeline hands each statement to the network by itself and looks for answers in between, which costs
more than the statements do. Here libpq is given all of them, with one sync behind; what travels, how values are written
and rows are read, is the driver's.
"""

import re
from collections import OrderedDict
from collections.abc import Generator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from psycopg import Connection
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

Statement = tuple[str, Mapping[str, Any] | None]
Rows = list[tuple[Any, ...]]
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_MOST_PREPARED = 200
_WRONG = frozenset({ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE})
_Waiting = Generator[Wait, Ready | int, list[PGresult]]


class Flights:
    """What a connection remembers from one flight to the next: the statements that its server has prepared."""

    def __init__(self, line: Connection[Any]) -> None:
        self._line, self._values = line, Transformer(line)
        self._prepared: OrderedDict[tuple[bytes, tuple[int, ...]], bytes] = OrderedDict()
        self._count = 0

    def fly(self, statements: Sequence[Statement]) -> list[Rows]:
        """Send statements together; return the rows of each.

        Raises the driver's error of the first that failed; the server has then done none behind it.
        """
        line, pgconn = self._line, self._line.pgconn
        new: list[tuple[bytes, tuple[int, ...]]] = []
        try:
            with line.lock:
                pgconn.enter_pipeline_mode()
                answers = [self._hand_over(pgconn, one, new) for one in statements]
                pgconn.pipeline_sync()
                results = line.wait(_answers(pgconn))
                pgconn.exit_pipeline_mode()
        except BaseException:
            line.close()  # nobody knows what is still on its way
            raise
        wrong = next((one for one in results if one.status in _WRONG), None)
        if wrong is not None:
            for one in new:
                self._prepared.pop(one, None)
            raise error_from_result(wrong, encoding="utf-8")
        return [self._rows(one) for one in _last_of_each(results, answers)]

    def forget(self) -> None:
        """Take nothing for prepared any more."""
        self._prepared.clear()

    def _hand_over(self, pgconn: PGconn, statement: Statement, new: list[tuple[bytes, tuple[int, ...]]]) -> int:
        """Give libpq a statement; return how many answers it will have."""
        text, parameters = statement
        query, names = numbered(text)
        if not names or parameters is None:
            pgconn.send_query_params(query, None)
            return 1
        values = [parameters[name] for name in names]
        told = self._values.dump_sequence(values, [PyFormat.AUTO] * len(values))
        key, answers = (query, self._values.types or ()), 1
        name = self._prepared.get(key)
        if name is None:
            self._count += 1
            answers += 1 + self._make_room(pgconn)
            name = self._prepared[key] = b"flight_%d" % self._count
            new.append(key)
            pgconn.send_prepare(name, query, param_types=key[1])
        else:
            self._prepared.move_to_end(key)
        pgconn.send_query_prepared(name, told, param_formats=self._values.formats)
        return answers

    def _make_room(self, pgconn: PGconn) -> int:
        """Let the server forget what was longest not asked, where it has much prepared."""
        if len(self._prepared) < _MOST_PREPARED:
            return 0
        _, name = self._prepared.popitem(last=False)
        pgconn.send_query_params(b"DEALLOCATE " + name, None)
        return 1

    def _rows(self, result: PGresult) -> Rows:
        if not result.ntuples:
            return []
        reader = Transformer(self._line)
        reader.set_pgresult(result)
        return reader.load_rows(0, result.ntuples, tuple)


@lru_cache(maxsize=1000)
def numbered(text: str) -> tuple[bytes, tuple[str, ...]]:
    """Return a statement with its named places numbered as PostgreSQL wants them, and the names in their order."""
    places: dict[str, int] = {}
    query = PLACEHOLDER.sub(lambda place: f"${places.setdefault(place[1], len(places) + 1)}", text)
    return query.replace("%%", "%").encode(), tuple(places)


def _answers(pgconn: PGconn) -> _Waiting:
    """Send what libpq holds and gather every answer up to the sync; yields what the connection waits for."""
    while pgconn.flush():
        if (yield Wait.RW) & Ready.R:
            pgconn.consume_input()
    results: list[PGresult] = []
    while True:
        while pgconn.is_busy():
            yield Wait.R
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            if pgconn.status == ConnStatus.BAD:
                return results
            continue
        if result.status == ExecStatus.PIPELINE_SYNC:
            return results
        results.append(result)


def _last_of_each(results: Sequence[PGresult], answers: Sequence[int]) -> list[PGresult]:
    ends, last = 0, []
    for count in answers:
        ends += count
        last.append(results[ends - 1])
    return last
