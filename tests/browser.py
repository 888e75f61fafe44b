"""A real Chromium and a real server for the tests that need them, each on its own port of this machine."""

import io
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from flask import Flask
from PIL import Image
from waitress.server import create_server

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",  # CI is root, which Chromium's sandbox refuses
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",  # it must ask nobody but us
    "--disable-component-update",
    "--disable-sync",
)


def launch_options(camera: Path | None = None) -> dict[str, Any]:
    """Return what ``playwright.chromium.launch`` takes; ``camera`` is the file that the camera shows, see ``film``.

    A context that uses the camera also needs ``permissions=["camera"]``.
    """
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        told = "No Chromium here. Type: deploy/system-packages.sh test"
        raise FileNotFoundError(told)
    fake = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={camera}",
    )
    return {"executable_path": found, "args": [*QUIET, *(fake if camera else ())]}


def film(frame: Image.Image, path: Path) -> Path:
    """Write a picture as what a camera sees, a second of it and over again; return the path, ending in .mjpeg."""
    jpeg = io.BytesIO()
    frame.convert("RGB").save(jpeg, "JPEG", quality=92, subsampling="4:2:0")
    path.write_bytes(jpeg.getvalue() * 10)
    return path


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application as a village does while the block runs; yields its address without a trailing slash."""
    # What is typed about it is not what it has: a bell that is an int, channels that are one channel.
    server = cast("Any", create_server(app, map={}, host="127.0.0.1", port=0, threads=8))

    def hang_up() -> None:
        """Close what browsers keep open, with the files half sent, then the door; runs in the thread that serves."""
        for channel in list(server.active_channels.values()):
            channel.handle_close()
        server.close()

    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.task_dispatcher.shutdown()  # first, so that no worker rings a bell that is already taken down
        server.trigger.pull_trigger(hang_up)
        thread.join()
