// The short code of a voucher, checked before anybody is asked; the same as in love_market/vouchers/token.py.
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 9;
const DASHES = new Set("-‐‑‒–—―−ー_·.\t\r\n");
const BLANK = /\p{Z}/u;
const FIELD_POLYNOMIAL = 0b100101; // x⁵ + x² + 1, primitive over GF(2)

/** @type {Map<string, number>} */
const VALUE = new Map([...CROCKFORD].map((character, value) => [character, value]));
VALUE.set("O", 0).set("I", 1).set("L", 1);

/** What was typed is no short code: characters that it never has, too many or too few of them, or a wrong one. */
export class ShortCodeMistyped extends Error {
  /**
   * @param {"strange" | "length" | "wrong"} reason
   * @param {Record<string, string | number>} values what the sentence that says so is filled with
   */
  constructor(reason, values = {}) {
    super(reason);
    this.reason = reason;
    this.values = values;
  }
}

/**
 * Return the check character of a short code's first eight: the remainder of a Reed-Solomon code over GF(32).
 * @param {string} body
 */
function checkCharacter(body) {
  let total = 0;
  for (const character of body) {
    const doubled = (total ^ VALUE.get(character)) << 1;
    total = doubled & 32 ? doubled ^ FIELD_POLYNOMIAL : doubled;
  }
  return CROCKFORD[total];
}

/**
 * Return the nine characters of a short code as somebody typed it: small letters, full width, blanks and any dashes are
 * taken, O is read as 0, I and L as 1. Throws ShortCodeMistyped.
 * @param {string} text
 */
export function normaliseShortCode(text) {
  const kept = [...text.normalize("NFKC").toUpperCase()].filter((each) => !BLANK.test(each) && !DASHES.has(each));
  const strange = new Set(kept.filter((each) => !VALUE.has(each)));
  if (strange.size) {
    const characters = [...strange].sort((one, other) => one.codePointAt(0) - other.codePointAt(0)).join(" ");
    throw new ShortCodeMistyped("strange", { characters });
  }
  if (kept.length !== LENGTH) throw new ShortCodeMistyped("length", { length: LENGTH, typed: kept.length });
  const code = kept.map((each) => CROCKFORD[VALUE.get(each)]).join("");
  if (checkCharacter(code.slice(0, -1)) !== code.at(-1)) throw new ShortCodeMistyped("wrong");
  return code;
}
