"""What no test machine has: cameras that may be used, their light, a loudspeaker, a motor and a voice."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Playwright

from love_market.people.rules import Guard
from tests.browser import launch_options
from tests.flows.live import PHONE, LiveServer

TORCH = """
  window.asked = [];
  const able = MediaStreamTrack.prototype.getCapabilities;
  MediaStreamTrack.prototype.getCapabilities = function () { return { ...able.call(this), torch: true }; };
  MediaStreamTrack.prototype.applyConstraints = async function ({ advanced }) { asked.push(advanced); };
"""

# What the browser is asked to do with its loudspeaker, its motor and its voice.
SENSES = """
  window.heard = []; window.felt = []; window.spoken = [];
  const Oscillator = OscillatorNode;
  window.OscillatorNode = class extends Oscillator {
    constructor(sound, how) { super(sound, how); heard.push([how.type, how.frequency]); }
  };
  navigator.vibrate = (pattern) => felt.push(pattern);
"""
VOICES = """
  const voices = ["en-US", "zh-HK", "zh_CN", "zh-TW"].map((lang) => ({ lang, localService: true }));
  speechSynthesis.getVoices = () => voices;
  Object.defineProperty(speechSynthesis, "speaking", { get: () => spoken.length > 0 });
  speechSynthesis.cancel = () => spoken.splice(0);
  speechSynthesis.speak = ({ text, voice, lang }) => spoken.push([text, voice.lang, lang]);
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""


@contextmanager
def phone_with_cameras(
    playwright: Playwright, live_server: LiveServer, guard: Guard, count: int, script: str = ""
) -> Iterator[BrowserContext]:
    """A phone with so many cameras and somebody signed in; a script makes them what they are not."""
    options = launch_options()
    options["args"] += ["--use-fake-ui-for-media-stream", f"--use-fake-device-for-media-stream=device-count={count}"]
    chromium = playwright.chromium.launch(**options)
    context = chromium.new_context(viewport=PHONE, base_url=live_server.url, permissions=["camera"])  # type: ignore[arg-type]
    live_server.sign_in(context, guard)
    context.add_init_script(script)
    try:
        yield context
    finally:
        chromium.close()
