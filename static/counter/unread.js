// Why a scan cannot be read, said before anybody is asked: a barcode misread, a voucher's code cut short by a gun or
// changed by an input method, a short code mistyped.
import { isMisread, isPacketCode, plain } from "./shelf.js";
import { normaliseShortCode, ShortCodeMistyped } from "./short-code.js";
import { tokenIn } from "./token.js";

const LONGEST_TYPED = 20;
const OWN_CODE = /^[A-Z0-9-]{1,14}$/;
const LIKE_A_VOUCHER = /\/Q\/|[A-Z2-7]{40}/;
const CHINESE = /\p{Script=Han}/u;

/** @typedef {"seen" | "typed" | "meddled"} How by a camera; by a gun or a hand; by a gun with an input method at work */
/** @typedef {{ sentence: string, values?: Record<string, string | number> }} Why a sentence of the page and its values */

/**
 * Return whether what stands in a field may be meant as a code, and not as the name of a good. A gun's whole voucher is
 * longer than any name, also when an input method made Chinese of it.
 * @param {string} text
 */
export function mayBeCode(text) {
  return !CHINESE.test(text) || plain(text).length > LONGEST_TYPED;
}

/**
 * Return why a text that is no good of the shelf is no voucher's code either, or null when it may be asked for.
 * @param {string} text
 * @param {How} how
 * @returns {Why | null}
 */
export function whyUnread(text, how) {
  if (tokenIn(text) !== null) return null;
  const code = plain(text);
  if (isPacketCode(text)) {
    if (!isMisread(text)) return { sentence: "no_barcode", values: { code } };
    return how === "meddled" ? { sentence: "input_method" } : { sentence: "misread", values: { code } };
  }
  const mistyped = whyMistyped(text);
  if (!mistyped) return null;
  if (how === "meddled") return { sentence: "input_method" };
  if (how === "seen") return OWN_CODE.test(code) ? { sentence: "no_barcode", values: { code } } : { sentence: "not_voucher" };
  if (code.length > LONGEST_TYPED) return { sentence: whyLong(text, code) };
  if (CHINESE.test(text)) return { sentence: "code_input_method" };
  return { sentence: `code_${mistyped.reason}`, values: mistyped.values };
}

/** Nobody types so much: a gun did, and not all of it arrived as it was sent. */
function whyLong(text, code) {
  const changed = /[^\x20-\x7e]/.test(text.trim()) || (/[a-z]/.test(text) && /[A-Z]/.test(text));
  if (CHINESE.test(text) || (changed && LIKE_A_VOUCHER.test(code))) return "input_method";
  return LIKE_A_VOUCHER.test(code) ? "cut_short" : "not_voucher";
}

/** @param {string} text @returns {ShortCodeMistyped | null} */
function whyMistyped(text) {
  try {
    normaliseShortCode(text);
    return null;
  } catch (error) {
    if (error instanceof ShortCodeMistyped) return error;
    throw error;
  }
}
