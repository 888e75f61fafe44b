// Vouchers: asking whose a scan is, and asking again for those that are here.
import { ask, NoAnswer } from "./ask.js";
import { tell } from "./draw.js";

/** Look a scanned or typed code up and add its voucher; return whether it is in the basket now. */
export async function addVoucher(till, scan) {
  const { basket, root, words } = till;
  tell("wait", words.looking);
  try {
    const answer = await ask(root.dataset.lookup, { scan });
    if (!answer.ok) {
      const way = answer.data.error === "NotSignedIn" ? { href: root.dataset.signIn, label: words.sign_in } : null;
      tell("bad", answer.data.detail, way);
      return false;
    }
    if (basket.has(answer.data.voucher.id)) {
      tell("wait", words.already);
      return false;
    }
    basket.addVoucher(answer.data.voucher, scan);
    tell("good", "");
    return true;
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    tell("wait", words.look_again);
    return false;
  }
}

/** Ask anew for every voucher here: what is left changes, and one that cannot be used any more is taken out. */
export async function refreshVouchers(till) {
  const { basket, root } = till;
  for (const voucher of [...basket.vouchers]) {
    const answer = await ask(root.dataset.lookup, { scan: voucher.scan });
    if (answer.ok) basket.addVoucher(answer.data.voucher, voucher.scan);
    else basket.dropVoucher(voucher.id);
  }
}
