// Confirming: asked once or ten times, the books take it once.
import { no, yes } from "../web/feedback.js";
import { NoAnswer } from "./ask.js";
import { tell } from "./draw.js";

const MOST_TRIES = 12;
const BETWEEN_TRIES_MS = 1_500;
const NONE = "00000000-0000-0000-0000-000000000000";

/** Refusals after which the shelf or the vouchers must be asked for anew before the basket can be put right. */
const SHELF_CHANGED = new Set(["PriceChanged", "TooFewGoods", "LotExpired", "GoodWithdrawn", "NoSuchGood"]);
const VOUCHER_CHANGED = new Set([
  "TooFewPoints",
  "VoucherSpent",
  "VoucherFrozen",
  "VoucherExpired",
  "VoucherVoid",
  "VoucherUnknown",
]);

/** Send the basket, or send again what was sent; ends on the receipt, or with words that say what to do. */
export async function redeem(till) {
  const { basket, books, words } = till;
  if (till.busy) return;
  if (!basket.sent && !navigator.onLine && !books.offline) {
    tell("wait", words.offline);
    return;
  }
  till.busy = true;
  basket.send();
  till.draw();
  try {
    const answer = await askUntilFree(till);
    till.busy = false;
    if (answer.ok) {
      yes();
      basket.done();
      till.finish(answer);
      return;
    }
    basket.refused();
    await refused(till, answer);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    till.busy = false;
    tell("wait", error.detail || words.unknown);
  }
  till.draw();
}

/** Ask; where another till is just making room, ask again until it has. */
async function askUntilFree({ basket, books }) {
  for (let tries = 0; ; tries += 1) {
    const answer = await books.redeem(basket.sent, basket.vouchers);
    if (answer.ok || answer.error !== "LeaseHeld" || !answer.online || tries >= MOST_TRIES) return answer;
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS));
  }
}

/** The books refused, so nothing was booked: say why, and put right what changed meanwhile. */
async function refused(till, { detail, error }) {
  const { basket, root, words } = till;
  no();
  if (error === "KeyReused") {
    const href = root.dataset.receipt.replace(NONE, basket.key);
    basket.done();
    tell("wait", detail, { href, label: words.see });
  } else if (error === "NotSignedIn") {
    tell("bad", detail, { href: root.dataset.signIn, label: words.sign_in });
  } else if (error === "PageExpired") {
    tell("wait", detail, { href: location.href, label: words.reload });
  } else {
    tell("bad", [detail, ...(await changes(till, error))]);
  }
}

async function changes(till, error) {
  try {
    if (SHELF_CHANGED.has(error)) return await till.refreshShelf();
    if (VOUCHER_CHANGED.has(error)) await till.refreshVouchers();
  } catch (failure) {
    if (!(failure instanceof NoAnswer)) throw failure;
  }
  return [];
}
