"""Workbooks as another program writes them: LibreOffice saves each as .xlsx, .xls, .ods and .csv in GBK."""

import fcntl
import subprocess
from collections.abc import Mapping
from pathlib import Path

# The separator, the quote, GBK, from the first line on: LibreOffice's filter options for delimited text.
KINDS = {"xlsx": "xlsx", "xls": "xls", "ods": "ods", "csv": "csv:Text - txt - csv (StarCalc):44,34,67,1"}


def saved_by_office(sources: Mapping[str, bytes], folder: Path) -> dict[tuple[str, str], bytes]:
    """Return each source under each kind, by name and kind; what another worker of the run saved is not saved again."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            _save(sources, folder)
            (folder / "done").touch()
    return {(name, kind): (folder / kind / f"{name}.{kind}").read_bytes() for name in sources for kind in KINDS}


def _save(sources: Mapping[str, bytes], folder: Path) -> None:
    given = folder / "given"
    given.mkdir(exist_ok=True)
    for name, data in sources.items():
        (given / f"{name}.xlsx").write_bytes(data)
    files = [str(given / f"{name}.xlsx") for name in sources]
    for kind, target in KINDS.items():
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = ["soffice", "--headless", profile, "--convert-to", target, "--outdir", str(folder / kind), *files]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
