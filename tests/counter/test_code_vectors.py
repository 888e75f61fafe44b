"""The till's scripts read short codes, barcodes and tokens exactly as Python does: the same vectors, asked of both."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask
from playwright.sync_api import Browser

from love_market.paper import static_dir
from love_market.stock.rules import BarcodeWrong, read_barcode
from love_market.vouchers.keys import verify_with
from love_market.vouchers.rules import ShortCodeMistyped, VoucherForged, VoucherFromAnotherMarket
from love_market.vouchers.token import normalise_short_code, token_from_scan
from love_market.web import headers
from tests.browser import serving
from tests.counter.vectors import make

RUN = Path(make.__file__).with_name("run.js")
# The sentence's key tells the reason.
REASONS = {
    "短码里没有“{characters}”，请对着券再输一遍。": "strange",
    "短码有 {length} 位，现在输了 {typed} 位，请对着券再输一遍。": "length",
    "短码有一处输错了，请对着券再输一遍。": "wrong",
}


def vectors(name: str) -> Any:  # noqa: ANN401 as JSON has it
    return json.loads(make.path_of(name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def by_node() -> Mapping[str, Sequence[object]]:
    """What the scripts say of every vector, all in one process."""
    done = subprocess.run(("node", "--no-warnings", RUN), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answers: Mapping[str, Sequence[object]] = json.loads(done.stdout)
    return answers


@pytest.mark.parametrize("name", ["short_codes", "barcodes", "tokens"])
def test_the_files_are_what_is_made(name: str) -> None:
    assert make.path_of(name).read_text(encoding="utf-8") == make.text_of(make.made()[name]), (
        f"Type: python -m {make.__name__}"
    )


def test_short_codes_in_python() -> None:
    for case in vectors("short_codes"):
        try:
            said = {"typed": case["typed"], "code": normalise_short_code(case["typed"])}
        except ShortCodeMistyped as wrong:
            said = {"typed": case["typed"], "reason": REASONS[wrong.message], "values": wrong.values}
        assert said == case


def test_barcodes_in_python() -> None:
    for case in vectors("barcodes"):
        try:
            right = read_barcode(case["digits"]) is not None
        except BarcodeWrong:
            right = False
        assert right == case["right"], case


def test_tokens_in_python() -> None:
    told = vectors("tokens")
    market, keys = UUID(told["market"]), [Ed25519PublicKey.from_public_bytes(bytes.fromhex(k)) for k in told["keys"]]
    for case in told["cases"]:
        said = {"text": case["text"], "keys": case["keys"]}
        token = token_from_scan(case["text"])
        try:
            claims = None if token is None else verify_with([keys[each] for each in case["keys"]], token, market)
        except (VoucherForged, VoucherFromAnotherMarket) as refused:
            said["refusal"] = type(refused).__name__
        else:
            said["claims"] = claims and {
                "voucherId": str(claims.voucher_id),
                "facePoints": claims.face_points,
                "expiresOn": claims.expires_on.isoformat(),
            }
        assert said == case


@pytest.mark.parametrize("name", ["short_codes", "barcodes"])
def test_the_scripts_say_the_same(name: str, by_node: Mapping[str, Sequence[object]]) -> None:
    expected = vectors(name)
    assert len(expected) > 300
    assert [one for one in zip(by_node[name], expected, strict=True) if one[0] != one[1]] == []


@pytest.mark.parametrize("name", ["tokens", "tokens_served"])
def test_the_scripts_vouch_for_the_same_tokens(name: str, by_node: Mapping[str, Sequence[object]]) -> None:
    expected = vectors("tokens")["cases"]
    assert len(expected) > 300
    assert [one for one in zip(by_node[name], expected, strict=True) if one[0] != one[1]] == []


IN_A_PAGE = """async ([{ market, keys, cases }, lacking]) => {
  for (const name of lacking) crypto.subtle[name] = () => Promise.reject(new DOMException("", "NotSupportedError"));
  const { readToken, TokenRefused } = await import("/static/counter/token.js");
  const known = keys.map((key) => Uint8Array.from(key.match(/../g), (byte) => parseInt(byte, 16)));
  const answers = [];
  for (const { text, keys: which } of cases) {
    const vouched = readToken(text, which.map((each) => known[each]), market);
    answers.push(await vouched.then((claims) => ({ text, keys: which, claims }), (error) => {
      if (!(error instanceof TokenRefused)) throw error;
      return { text, keys: which, refusal: error.refusal };
    }));
  }
  return answers;
}"""


@pytest.mark.browser
@pytest.mark.parametrize("lacking", [[], ["generateKey", "importKey"]], ids=["its own", "served"])
def test_a_browser_vouches_for_the_same_tokens(browser: Browser, lacking: Sequence[str]) -> None:
    app = Flask(__name__, static_folder=str(static_dir()), static_url_path="/static")
    headers.init_app(app)
    app.add_url_rule("/", "page", lambda: "<!doctype html><link rel=icon href=data:,>")
    told = vectors("tokens")
    with serving(app) as address, browser.new_context() as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        said = page.evaluate(IN_A_PAGE, [told, lacking])
    assert [one for one in zip(said, told["cases"], strict=True) if one[0] != one[1]] == []
    # The served one is fetched only where the browser has none of its own.
    assert any(url.endswith("/vendor/ed25519.js") for url in asked) == bool(lacking)
