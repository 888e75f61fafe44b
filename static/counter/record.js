// What a till writes down of a redemption or an undoing: the slip that people see, the record that it signs and sends.
import { newKey } from "./basket.js";
import { instant } from "./clock.js";
import { split } from "./decide.js";
import { normaliseShortCode } from "./short-code.js";
import { recordSignature } from "./signing.js";
import { tokenIn } from "./token.js";

/**
 * @typedef {import("./store.js").Kept} Kept
 * @typedef {import("./carried.js").Carried} Carried
 * @typedef {{key: string, voucher_ids: string[], basket: import("./decide.js").Line[],
 *   proxy?: import("./proxy.js").Proxy}} Sent
 * @typedef {{id: string, scan: string, serial_no: string, masked_name: string, balance_points: number}} Shown a voucher
 *   in the basket: how it was shown, and what was known of it then
 */

/**
 * Return the record of a redemption that the books are asked for: it may happen, and its points are held until they
 * have said whether it did.
 * @param {Carried} carried @param {Sent} sent @param {Shown[]} shown @param {number} number @returns {Kept}
 */
export function askedFor(carried, sent, shown, number) {
  const at = instant(carried.clock).toISOString();
  const total = sent.basket.reduce((sum, { quantity, points_each: each }) => sum + quantity * each, 0);
  const vouchers = Object.fromEntries(shown.map((one) => [one.id, one]));
  const slip = slipOf(carried, sent, { number, at, payments: split(total, sent.voucher_ids, vouchers), shown });
  return { ...unsaid(number, sent.key, at, slip), kind: "redeem", state: "asked" };
}

/**
 * Return a redemption as it will be sent, signed: once that is on the disk, it has happened.
 * @param {Carried} carried @param {Sent} sent @param {Shown[]} shown
 * @param {{number: number, payments: import("./decide.js").Payment[]}} decided @returns {Promise<Kept>}
 */
export async function redeemed(carried, sent, shown, { number, payments }) {
  const { till, clerk, keys } = carried.all;
  const at = instant(carried.clock).toISOString();
  const vouchers = payments.map(({ voucher_id: id, points, left_points: left }) => {
    const { scan } = shown.find((one) => one.id === id);
    const token = tokenIn(scan);
    const by = token ? { token, code: null } : { token: null, code: normaliseShortCode(scan) };
    return { id, amount_points: points, before_points: left + points, after_points: left, ...by };
  });
  const told = { kind: "redeem", till_id: till.id, number, key: sent.key, at, clerk_id: clerk.id, vouchers, basket: sent.basket };
  const whole = sent.proxy ? { ...told, proxy: sent.proxy } : told;
  const slip = slipOf(carried, sent, { number, at, payments, shown });
  return { ...unsaid(number, sent.key, at, slip), kind: "redeem", state: "done", ...(await signed(keys, whole)) };
}

/** Return the taking back of a redemption that the books have not got yet. @param {Carried} carried @returns {Promise<Kept>} */
export async function undone(carried, slip, reason) {
  const { till, clerk, keys } = carried.all;
  const at = instant(carried.clock).toISOString();
  const number = carried.nextNumber;
  const key = newKey();
  const told = { kind: "undo", till_id: till.id, number, key, at, clerk_id: clerk.id, redemption_id: slip.key, reason };
  const taken = { ...slip, undone_at: at, undone_reason: reason };
  return { ...unsaid(number, key, at, taken), kind: "undo", state: "done", ...(await signed(keys, told)) };
}

/** Return what becomes of a record of which the books say that they have it. @param {Kept} record */
export function bookedAs(record, { entry_number: entry, entry_hash: hash, redeemed_at: at, vouchers }) {
  const paid = vouchers.map(({ id, serial_no: serial, masked_name: name, amount_points: amount, balance_after_points: after }) => {
    return { id, serial_no: serial, masked_name: name, amount_points: amount, after_points: after };
  });
  const slip = { ...record.slip, at, entry_number: entry, entry_hash: hash, vouchers: paid };
  return { at, slip, state: /** @type {const} */ ("sent"), entry_number: entry, outcome: "booked" };
}

function unsaid(number, key, at, slip) {
  return { number, key, at, body: "", signature: "", entry_number: null, outcome: "", reasons: [], slip, seen: false };
}

async function signed(keys, told) {
  const body = JSON.stringify(told);
  return { body, signature: await recordSignature(keys, body) };
}

function slipOf(carried, sent, { number, at, payments, shown }) {
  const { till, clerk, copy } = carried.all;
  const goods = sent.basket.map(({ good_id: id, quantity, points_each: each }) => {
    const { name, spec, unit_name: unit } = carried.goods.get(id) ?? { name: "", spec: "", unit_name: "" };
    return { good_id: id, name, spec, unit_name: unit, quantity, points_each: each };
  });
  const vouchers = payments.map(({ voucher_id: id, points, left_points: left }) => {
    const { serial_no: serial, masked_name: name } = shown.find((one) => one.id === id);
    return { id, serial_no: serial, masked_name: name, amount_points: points, after_points: left };
  });
  return {
    key: sent.key,
    number,
    at,
    clerk_name: clerk?.name ?? "",
    place: copy?.village_name ?? till.village_name,
    market: copy?.market_name ?? till.market_name,
    vouchers,
    goods,
    total_points: goods.reduce((sum, good) => sum + good.quantity * good.points_each, 0),
    entry_number: null,
    entry_hash: "",
    undone_at: null,
    undone_reason: "",
    proxy: sent.proxy ? { name: sent.proxy.name, relation: sent.proxy.relation, paper: sent.proxy.signature === null } : null,
  };
}
