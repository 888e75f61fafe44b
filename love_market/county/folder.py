"""A close's folder: papers that are whole or not there, and what was done, so that it can be gone on with.

``close.json`` is the close: its quarter, when it was begun and finished, what came of each village. A village has a
folder named by its code and name, in it ``积分券.pdf``, ``领取签字表.pdf`` (a second batch's end in ``-2``), and
``papers.json``, which says what lies there whole.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from love_market.clock import Quarter, utc_now
from love_market.county.rules import FolderOfOther, Outcome
from love_market.errors import words

_MANIFEST, _MARK = "close.json", "papers.json"
_GONE_ON_WITHIN = timedelta(days=1)


def begin(out: Path, quarter: Quarter, at: datetime) -> datetime:
    """Begin a close in a folder, or go on with the one that was cut off there; return when it was begun.

    Gone on with, a close keeps its instant, so that all its entries and papers carry one date; one that was finished,
    or cut off more than a day ago, is begun anew. Raises ``FolderOfOther`` where the folder is another quarter's.
    """
    out.mkdir(parents=True, exist_ok=True)
    before = _read(out / _MANIFEST)
    if before:
        if before["quarter"] != str(quarter):
            raise FolderOfOther(
                words("{folder} 里是 {quarter} 的结算，不能混放。请换一个文件夹。"),
                folder=out,
                quarter=before["quarter"],
            )
        begun_at = datetime.fromisoformat(before["begun_at"])
        if before["finished_at"] is None and at - begun_at < _GONE_ON_WITHIN:
            return begun_at
    _keep(out, quarter, at, finished_at=None, outcomes=())
    return at


def finish(out: Path, quarter: Quarter, begun_at: datetime, outcomes: Iterable[Outcome]) -> None:
    """Write down what came of each village."""
    _keep(out, quarter, begun_at, finished_at=utc_now(), outcomes=outcomes)


def village_folder(out: Path, code: str, name: str) -> Path:
    """Return where a village's papers lie."""
    return out / f"{code}-{name}"


def lies_whole(folder: Path, batch_id: UUID) -> tuple[str, ...]:
    """Return the names of a batch's papers if all of them lie in the folder whole; none otherwise."""
    marked: Mapping[str, Any] = _read(folder / _MARK).get(batch_id.hex, {})
    for name, told in marked.items():
        try:
            if (folder / name).stat().st_size != told["bytes"]:
                return ()
        except FileNotFoundError:
            return ()
    return tuple(marked)


def put(folder: Path, batch_id: UUID, papers: Mapping[str, bytes]) -> tuple[str, ...]:
    """Put a batch's papers into the folder, then mark them as whole; return their names.

    Each is written beside its place, forced to the disk, and moved there in one step: whoever looks finds a whole
    paper or none, also after the power went.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told = {}
    for name, paper in papers.items():
        write(folder / name, paper)
        told[name] = {"bytes": len(paper), "sha256": hashlib.sha256(paper).hexdigest()}
    mark = _read(folder / _MARK) | {batch_id.hex: told}
    write(folder / _MARK, _json(mark))
    return tuple(told)


def write(path: Path, content: bytes) -> None:
    """Write a file so that it is either there whole or as it was before."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    if os.name == "posix":  # elsewhere a folder cannot be forced to the disk
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _keep(
    out: Path, quarter: Quarter, begun_at: datetime, *, finished_at: datetime | None, outcomes: Iterable[Outcome]
) -> None:
    told = {
        "quarter": str(quarter),
        "begun_at": begun_at.isoformat(),
        "finished_at": finished_at and finished_at.isoformat(),
        "villages": [asdict(one) for one in outcomes],
    }
    write(out / _MANIFEST, _json(told))


def _read(path: Path) -> dict[str, Any]:
    """Return what a file of ours says; nothing where there is none."""
    try:
        told: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    return told


def _json(told: object) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
