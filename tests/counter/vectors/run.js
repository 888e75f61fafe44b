// Asks the till's own modules about every vector beside it, and prints what they answer as one JSON.
import { webcrypto } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isMisread, isPacketCode } from "../../../static/counter/shelf.js";
import { normaliseShortCode } from "../../../static/counter/short-code.js";

globalThis.crypto ??= webcrypto;

const read = async (name) => JSON.parse(await readFile(new URL(`${name}.json`, import.meta.url), "utf8"));

function shortCode({ typed }) {
  try {
    return { typed, code: normaliseShortCode(typed) };
  } catch ({ reason, values }) {
    return { typed, reason, values };
  }
}

async function tokens({ market, keys, cases }, { readToken, TokenRefused }) {
  const known = keys.map((key) => Uint8Array.from(Buffer.from(key, "hex")));
  const answers = [];
  for (const { text, keys: which } of cases) {
    try {
      answers.push({ text, keys: which, claims: await readToken(text, which.map((each) => known[each]), market) });
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      answers.push({ text, keys: which, refusal: error.refusal });
    }
  }
  return answers;
}

/** A browser whose own cryptography knows no Ed25519 says so, and the served one has to do it. */
function forgetEd25519() {
  for (const name of ["generateKey", "importKey"]) {
    const value = () => Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"));
    Object.defineProperty(crypto.subtle, name, { value });
  }
}

const vectors = await read("tokens");
const own = await tokens(vectors, await import("../../../static/counter/token.js"));
forgetEd25519();
const served = await tokens(vectors, await import("../../../static/counter/token.js?served"));
const answers = {
  short_codes: (await read("short_codes")).map(shortCode),
  barcodes: (await read("barcodes")).map(({ digits }) => ({ digits, right: isPacketCode(digits) && !isMisread(digits) })),
  tokens: own,
  tokens_served: served,
};
process.stdout.write(JSON.stringify(answers));
