/**
 * What `npm run assets` bundles into static/vendor/barcode-detector.js: the Barcode Detection API for browsers
 * that have none of their own. Its WebAssembly part is fetched from beside the bundle, never from another host;
 * a page that uses it needs `script-src 'self' 'wasm-unsafe-eval'`.
 */
import { BarcodeDetector, prepareZXingModule } from "barcode-detector/ponyfill";

prepareZXingModule({
  overrides: {
    locateFile: (/** @type {string} */ name, /** @type {string} */ folder) =>
      name.endsWith(".wasm") ? new URL("./zxing_reader.wasm", import.meta.url).href : folder + name,
  },
});

export { BarcodeDetector };
