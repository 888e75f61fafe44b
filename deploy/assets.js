/**
 * Fills static/vendor/, which git leaves out: bundles the fallbacks for what a browser lacks, the scanner and the
 * checking of signatures, and what keeps things on a device, and lays beside them the WebAssembly file of the very version that the scanner was made from.
 */
import { build } from "esbuild";
import { copyFile, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
const vendor = new URL("static/vendor/", root);

await mkdir(vendor, { recursive: true });
await build({
  entryPoints: {
    "barcode-detector": fileURLToPath(new URL("static/counter/barcode.entry.js", root)),
    ed25519: fileURLToPath(new URL("static/counter/ed25519.entry.js", root)),
    idb: fileURLToPath(new URL("static/counter/idb.entry.js", root)),
  },
  outdir: fileURLToPath(vendor),
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2020",
  legalComments: "eof",
  banner: { js: "// @ts-nocheck" },
});

const detector = createRequire(createRequire(import.meta.url).resolve("barcode-detector/ponyfill"));
await copyFile(
  detector.resolve("zxing-wasm/reader/zxing_reader.wasm"),
  new URL("zxing_reader.wasm", vendor),
);
