"""Photos, spoken words and minutes in a backup: each sealed once under its hash, taken back by what the books name.

A photo's file is there before the row that names it (see ``deeds.evidence``), so photos are saved AFTER the books: none
that the saved books name can be missing. The store keeps a photo for good; the books that name it are never unwritten.
"""

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyrage import x25519
from sqlalchemy import inspect, select, union
from sqlalchemy.orm import Session

from love_market.appraisals import signed
from love_market.appraisals.models import SignedCopy
from love_market.deeds.evidence import SOUNDS, folder_of
from love_market.deeds.models import Deed, DeedPhoto, Minutes, PenaltyPhoto
from love_market.stock.models import Good
from love_market.stock.rules import PHOTO_PREFIX
from love_market.stock.service.photos import photo_path
from love_market.upkeep.keys import Keys
from love_market.upkeep.sealed import Damaged, seal, unseal
from love_market.upkeep.store import Store
from love_market.upkeep.watching import Watch

KINDS = ("evidence", "goods", "minutes")
_SUFFIX = ".jpg"
_SUFFIXES = (_SUFFIX, ".pdf", *(f".{kind}" for kind in SOUNDS))


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving photos did: how many are new in the store, and the files whose bytes are not what their name says."""

    new: int
    faulty: tuple[Path, ...]


def save_photos(instance: Path, store: Store, keys: Keys, watch: Watch) -> Saved:
    """Seal every photo of an installation that the store has not yet; unfinished uploads are no photos."""
    waiting = [path for kind in KINDS for path in _not_yet_in(instance / kind, store.photos / kind)]
    new, faulty = 0, []
    with watch("照片", len(waiting), "张") as progress:
        for path in waiting:
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() == path.stem:
                target = store.photos / path.relative_to(instance)
                seal(io.BytesIO(content), target.with_name(f"{path.name}.age"), keys.recipients, packed=False)
                new += 1
            else:
                faulty.append(path)
            progress(1)
    return Saved(new, tuple(faulty))


def named_photos(session: Session, instance: Path) -> Iterator[Path]:
    """Yield where the photos lie that the books name, in an installation's folder, each once; of older books too."""
    there = inspect(session.connection()).get_table_names()
    of_books = [
        select(each.market_id, each.sha256)
        for each in (DeedPhoto, Minutes, PenaltyPhoto)
        if each.__tablename__ in there
    ]
    for market_id, sha256 in session.execute(union(*of_books).execution_options(yield_per=5000)):
        yield folder_of(instance, market_id) / f"{sha256}{_SUFFIX}"
    if "sound_sha256" in {column["name"] for column in inspect(session.connection()).get_columns(Deed.__tablename__)}:
        told = Deed.sound_sha256.is_not(None)
        spoken = select(Deed.market_id, Deed.sound_sha256, Deed.sound_kind).where(told).distinct()
        for market_id, sound, kind in session.execute(spoken).yield_per(5000):
            yield folder_of(instance, market_id) / f"{sound}.{kind}"
    goods = select(Good.market_id, Good.picture).where(Good.picture.startswith(PHOTO_PREFIX)).distinct()
    for market_id, picture in session.execute(goods).yield_per(5000):
        yield photo_path(instance, market_id, picture.removeprefix(PHOTO_PREFIX))
    if SignedCopy.__tablename__ not in there:
        return
    copies = select(SignedCopy.market_id, SignedCopy.sha256, SignedCopy.kind).distinct()
    for market_id, sha256, kind in session.execute(copies).yield_per(5000):
        yield signed.folder_of(instance, market_id) / f"{sha256}.{kind}"


def lost_photos(session: Session, store: Store) -> int:
    """Count the photos that the books name and the store lacks."""
    have = {str(path.relative_to(store.photos)) for path in store.photos.glob("*/*/*.age")}
    root = Path()
    return sum(1 for path in named_photos(session, root) if f"{path}.age" not in have)


def take_photos(
    session: Session, store: Store, instance: Path, identities: Sequence[x25519.Identity], watch: Watch
) -> tuple[int, list[Path]]:
    """Put the photos that the books name into an installation's folder, each checked against its name.

    Returns how many are there, and the store's files that are missing or damaged.
    """
    taken, lost = 0, []
    with watch("照片", None, "张") as progress:
        for path in named_photos(session, instance):
            sealed = store.photos / path.relative_to(instance)
            sealed = sealed.with_name(f"{path.name}.age")
            if _take(sealed, path, identities):
                taken += 1
            else:
                lost.append(sealed)
            progress(1)
    return taken, lost


def _not_yet_in(folder: Path, sealed: Path) -> Iterator[Path]:
    for market in sorted(folder.glob("*")) if folder.is_dir() else ():
        have = {path.name for path in (sealed / market.name).glob("*.age")}
        yield from (path for path in _files(market) if f"{path.name}.age" not in have)


def _files(market: Path) -> list[Path]:
    """Return a market's whole files; unfinished ones end otherwise."""
    return sorted(path for path in market.iterdir() if path.suffix in _SUFFIXES)


def _take(sealed: Path, path: Path, identities: Sequence[x25519.Identity]) -> bool:
    opened = io.BytesIO()
    try:
        if unseal(sealed, opened, identities, packed=False) != path.stem:
            return False
    except (Damaged, FileNotFoundError):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(opened.getvalue())
    return True
