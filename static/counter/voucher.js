// Vouchers: asking whose a scan is, and asking again for those that are here.
import { NoAnswer } from "./ask.js";
import { tell } from "./draw.js";
import { refuse } from "./result.js";

// Before so long, words that somebody is being asked would only hold up the answer.
const LONG_MS = 400;

/** Look a scanned or typed code up and add its voucher; return it, or null when it was refused, with the reason told. */
export async function addVoucher(till, scan) {
  const { basket, books, root, words } = till;
  const slow = setTimeout(() => tell("wait", words.looking), LONG_MS);
  try {
    const answer = await books.find(scan);
    clearTimeout(slow);
    tell("good", "");
    if (!answer.ok) {
      const { detail, error } = answer;
      const way = error === "NotSignedIn" ? { href: root.dataset.signIn, label: words.sign_in } : null;
      refuse(error.startsWith("Voucher") ? words.unusable : words.unread, detail, way);
      return null;
    }
    const { voucher } = answer;
    if (basket.has(voucher.id)) {
      refuse(words.again_title, words.already);
      return null;
    }
    basket.addVoucher(voucher, scan);
    return voucher;
  } catch (error) {
    clearTimeout(slow);
    if (!(error instanceof NoAnswer)) throw error;
    tell("good", "");
    refuse(words.unasked, words.look_again);
    return null;
  }
}

/** Ask anew for every voucher here: what is left changes, and one that cannot be used any more is taken out. */
export async function refreshVouchers(till) {
  const { basket, books } = till;
  for (const voucher of [...basket.vouchers]) {
    const answer = await books.find(voucher.scan);
    if (answer.ok) basket.addVoucher(answer.voucher, voucher.scan);
    else basket.dropVoucher(voucher.id);
  }
}
