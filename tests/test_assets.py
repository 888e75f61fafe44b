"""The scanner's fallback, as bundled into static/vendor: it reads a code and asks no other host for anything."""

import io

import pytest
import qrcode
from flask import Flask, Response
from playwright.sync_api import Playwright

from love_market.paper import static_dir
from love_market.web import headers
from tests.browser import launch_options, serving

CODE = "HTTPS://MARKET.EXAMPLE/Q/ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
READ = """async () => {
  const { BarcodeDetector } = await import('/static/vendor/barcode-detector.js');
  const picture = new Image();
  picture.src = '/code.png';
  await picture.decode();
  const found = await new BarcodeDetector({ formats: ['qr_code'] }).detect(picture);
  return found.map((code) => code.rawValue);
}"""


def picture() -> Response:
    """Answer with a code's picture."""
    png = io.BytesIO()
    qrcode.make(CODE).save(png)
    return Response(png.getvalue(), mimetype="image/png")


@pytest.mark.browser
def test_the_bundle_reads_a_code_under_our_policy_from_our_host_alone(playwright: Playwright) -> None:
    app = Flask(__name__, static_folder=str(static_dir()), static_url_path="/static")
    headers.init_app(app)
    app.add_url_rule("/", "page", lambda: "<!doctype html><link rel=icon href=data:,>")
    app.add_url_rule("/code.png", "picture", picture)
    with serving(app) as address, playwright.chromium.launch(**launch_options()) as browser:
        page = browser.new_page()
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto(address)
        assert page.evaluate(READ) == [CODE]
    assert f"{address}/static/vendor/zxing_reader.wasm" in asked
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert said == []
