// The signed token in a voucher's QR, read without asking anybody: what love_market/vouchers/token.py reads, and no more.
const VERSION = 1;
const CLAIMS_BYTES = 38;
const TOKEN_BYTES = 102;
const MS_A_DAY = 86_400_000;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const TOKEN = /^(?:.*\/Q\/)?([A-Z2-7]{164})\/?(?:[?#].*)?$/s;
// What Python strips from the ends of a text; NFKC has made the other blanks plain ones.
const BLANKS = /^[\t-\r\x1c-\x20\x85\u1680\u2028\u2029]+|[\t-\r\x1c-\x20\x85\u1680\u2028\u2029]+$/g;
const NOBLE = new URL("../vendor/ed25519.js", import.meta.url).href;

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {{ voucherId: string, facePoints: number, expiresOn: string }} Claims what the market vouches for; the day as 2027-03-31 */
/** @typedef {(signature: Bytes, payload: Bytes, publicKey: Bytes) => Promise<boolean>} Verify */

/** A token was read, and the voucher is not one of this market's. */
export class TokenRefused extends Error {
  /** @param {"VoucherForged" | "VoucherFromAnotherMarket"} refusal as the server names it */
  constructor(refusal) {
    super(refusal);
    this.refusal = refusal;
  }
}

/**
 * Return the token in what a camera, a gun or a keyboard gave, in any case, full width, under any address or bare;
 * null when it holds none.
 * @param {string} text
 * @returns {string | null}
 */
export function tokenIn(text) {
  return TOKEN.exec(text.normalize("NFKC").replace(BLANKS, "").toUpperCase())?.[1] ?? null;
}

/**
 * Return what a scanned token claims once one of the market's keys vouches for it; null when the text holds no token.
 * Throws TokenRefused. Needs a page on https or on this machine: elsewhere browsers have no cryptography.
 * @param {string} text
 * @param {Bytes[]} publicKeys the market's, 32 bytes each
 * @param {string} marketId
 * @returns {Promise<Claims | null>}
 */
export async function readToken(text, publicKeys, marketId) {
  const token = tokenIn(text);
  if (token === null) return null;
  const bytes = decode(token);
  const payload = bytes.slice(0, CLAIMS_BYTES);
  const { market, ...claims } = claimsOf(payload);
  const verify = await (verifier ??= chooseVerifier().catch(forget));
  for (const publicKey of publicKeys) {
    if (market !== marketId.toLowerCase()) throw new TokenRefused("VoucherFromAnotherMarket");
    if (await verify(bytes.slice(CLAIMS_BYTES), payload, publicKey)) return claims;
  }
  throw new TokenRefused("VoucherForged");
}

/** @param {string} token 164 characters @returns {Bytes} */
function decode(token) {
  const bytes = new Uint8Array(TOKEN_BYTES);
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const character of token) {
    held = ((held << 5) | BASE32.indexOf(character)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
    }
  }
  // The last character has four bits to spare. They must be zero: a token is written in one way only.
  if (held & ((1 << bits) - 1)) throw new TokenRefused("VoucherForged");
  return bytes;
}

/** @param {Bytes} payload version 1, market 16, voucher 16, face points 3, last valid day 2 */
function claimsOf(payload) {
  const view = new DataView(payload.buffer);
  const facePoints = (view.getUint8(33) << 16) | view.getUint16(34);
  if (view.getUint8(0) !== VERSION || facePoints === 0) throw new TokenRefused("VoucherForged");
  return {
    market: uuid(payload.subarray(1, 17)),
    voucherId: uuid(payload.subarray(17, 33)),
    facePoints,
    expiresOn: new Date(view.getUint16(36) * MS_A_DAY).toISOString().slice(0, 10),
  };
}

/** @param {Uint8Array} bytes */
function uuid(bytes) {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** @type {Promise<Verify> | undefined} */
let verifier;

/** What could not be fetched may be there the next time. @param {unknown} error @returns {never} */
function forget(error) {
  verifier = undefined;
  throw error;
}

/** The browser's own Ed25519, or, where it has none, the one that we serve. @returns {Promise<Verify>} */
async function chooseVerifier() {
  try {
    await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  } catch {
    const { verifyAsync } = await import(NOBLE);
    return (signature, payload, publicKey) => verifyAsync(signature, payload, publicKey, { zip215: false });
  }
  return async (signature, payload, publicKey) => {
    const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
    return crypto.subtle.verify("Ed25519", key, signature, payload);
  };
}
