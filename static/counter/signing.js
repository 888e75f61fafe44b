// The till's own key, and what it signs: see love_market/tills/token.py for the same on the other side.
const ECDSA = { name: "ECDSA", namedCurve: "P-256" };
const WITH = { name: "ECDSA", hash: "SHA-256" };
const encoder = new TextEncoder();

/** Whether this browser can keep a key at all: it does only on https, or on the machine itself. */
export function canSign() {
  return globalThis.isSecureContext && Boolean(globalThis.crypto?.subtle);
}

/** Make a key pair whose secret half nobody can read out of the browser, this page neither. */
export function makeKeys() {
  return crypto.subtle.generateKey(ECDSA, false, ["sign", "verify"]);
}

/** Return the public key as the books take it: the uncompressed point, 65 bytes, in base64url. */
export async function publicKey(keys) {
  return base64url(await crypto.subtle.exportKey("raw", keys.publicKey));
}

/** Return a signature over a text's bytes, in base64url. */
export async function signature(keys, text) {
  return base64url(await crypto.subtle.sign(WITH, keys.privateKey, encoder.encode(text)));
}

/** Return the `Till` header of a request: it binds the method, the path, the number and the body. */
export async function proof(keys, tillId, number, method, path, body) {
  const till = tillId.replaceAll("-", "");
  const digest = hex(await crypto.subtle.digest("SHA-256", encoder.encode(body)));
  const signed = await signature(keys, ["love-market till 1", method, path, till, number, digest].join("\n"));
  return `till=${till}; number=${number}; signature=${signed}`;
}

/** Return the signature of a record: it proves where the record was made, wherever it is brought in. */
export function recordSignature(keys, body) {
  return signature(keys, `love-market record 1\n${body}`);
}

/** Return what finds a voucher by its short code in the copy: see love_market/vouchers/token.py. */
export async function codeHash(marketId, code) {
  const text = `love-market short code 1\n${marketId.replaceAll("-", "")}\n${code}`;
  return hex(await crypto.subtle.digest("SHA-256", encoder.encode(text)));
}

/** Write bytes in hex. */
export function hex(buffer) {
  return [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Write bytes in base64url without padding. */
export function base64url(buffer) {
  const text = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Read bytes from base64url. */
export function fromBase64url(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}
