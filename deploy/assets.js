/**
 * Fills static/vendor/, which git leaves out: bundles the scanner's fallback, and lays beside it the WebAssembly
 * file of the very version that the bundle was made from.
 */
import { build } from "esbuild";
import { copyFile, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
const vendor = new URL("static/vendor/", root);

await mkdir(vendor, { recursive: true });
await build({
  entryPoints: [fileURLToPath(new URL("static/counter/barcode.entry.js", root))],
  outfile: fileURLToPath(new URL("barcode-detector.js", vendor)),
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2020",
  legalComments: "eof",
});

const detector = createRequire(createRequire(import.meta.url).resolve("barcode-detector/ponyfill"));
await copyFile(
  detector.resolve("zxing-wasm/reader/zxing_reader.wasm"),
  new URL("zxing_reader.wasm", vendor),
);
