// What a scan came to: seen in the largest type, heard, felt and, where it is wished, spoken. It stays until the next.
import { no, yes } from "../web/feedback.js";
import { say, unstarred } from "./speech.js";
import { fill, piece } from "./words.js";

function element(id) {
  return document.getElementById(id);
}

/** The next scan begins: what the last one came to is over. */
export function clearResult() {
  element("refusal").replaceChildren();
  element("heard").textContent = "";
}

/**
 * A voucher was accepted: its holder and points stand over the basket.
 * @param {{ masked_name: string, balance_points: number }} voucher
 * @param {number} total the points of all vouchers here
 */
export function acceptVoucher({ masked_name: name, balance_points: points }, total, words) {
  yes();
  const sentence = total === points ? words.holds : words.holds_together;
  const told = unstarred(fill(sentence, { name, points, total }));
  element("heard").textContent = told;
  say(told);
}

/**
 * What was scanned was refused: say what it was, and why.
 * @param {string} title two or three words
 * @param {string} reason
 * @param {{ href: string, label: string } | null} act the way out, where there is one
 */
export function refuse(title, reason, act = null) {
  no();
  const told = piece("refusal", { title, reason });
  if (act) {
    const way = Object.assign(document.createElement("a"), { className: "button", href: act.href, textContent: act.label });
    told.append(way);
  }
  element("refusal").replaceChildren(told);
  told.scrollIntoView({ block: "nearest" });
  say(unstarred(reason));
}
