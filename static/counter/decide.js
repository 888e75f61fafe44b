// Whether a basket can be redeemed, and how its vouchers pay, where there is no network to ask: what
// love_market/counter/rules/deciding.py does, in the same order, by the same rows. Knows neither page nor network.
import { check } from "./refusals.js";

const VILLAGE_TIME_MS = 8 * 3_600_000;

/**
 * What the server serves: love_market/counter/rules/data.py. What each fact means is said beside its table there.
 * @typedef {{tables: Record<string, import("./refusals.js").Row[]>, most_lines: number, most_of_one: number}} Rules
 *
 * Days are ISO strings of the village's calendar; instants are ISO strings with Z or an offset.
 * @typedef {{good_id: string, quantity: number, points_each: number}} Line
 * @typedef {{id: string, expires_on: string | null, quantity: number}} Lot
 * @typedef {{name: string, unit_name: string, points_price: number, withdrawn: boolean, lots: Lot[]}} Good its lots in
 *   the order they are handed out
 * @typedef {{state: string, state_reason: string, expires_on: string, balance_points: number, known: boolean,
 *   household_id: string}} Voucher not known: read off its signed paper alone
 * @typedef {{now: string, latest_at: string, lease_ends_at: string | null, cut_off: boolean, limit_points: number}} Offline
 *   what a till without a network knows of itself
 * @typedef {{name: string, households: string[], limit: number}} Acting who brings the vouchers for somebody else, for
 *   whom they acted today already, and for how many households one may; 0: for any number
 * @typedef {{basket: Line[], goods: Record<string, Good>, voucher_ids: string[], vouchers: Record<string, Voucher>,
 *   today: string, minimum_points: number, offline: Offline | null, acting: Acting | null}} Asked
 *
 * @typedef {{voucher_id: string, points: number, left_points: number}} Payment
 * @typedef {{good_id: string, lot_id: string, quantity: number}} Take
 * @typedef {{total_points: number, payments: Payment[], takes: Take[]}} Decision
 */

/**
 * Return what happens when a basket is redeemed now; throw the first refusal as Refused.
 * @param {Rules} rules
 * @param {Asked} asked
 * @returns {Decision}
 */
export function decide(rules, { basket, goods, voucher_ids, vouchers, today, minimum_points, offline, acting }) {
  if (offline) checkTill(rules, offline);
  checkBasket(rules, voucher_ids, basket);
  for (const line of basket) checkLine(rules, line, goods[line.good_id]);
  const total_points = basket.reduce((sum, line) => sum + line.quantity * line.points_each, 0);
  check(rules.tables.total, { total_points, minimum_points });
  for (const id of voucher_ids) checkVoucher(rules, vouchers[id], today, offline);
  if (acting) checkProxy(rules, acting, voucher_ids.map((id) => vouchers[id].household_id));
  const payments = splitPayment(rules, total_points, voucher_ids, vouchers);
  const takes = basket.flatMap((line) => take(rules, line, goods[line.good_id], today));
  return { total_points, payments, takes };
}

/**
 * Throw Refused unless this till may redeem without a network.
 * @param {Rules} rules
 * @param {Offline} offline
 */
export function checkTill(rules, { now, latest_at, lease_ends_at, cut_off }) {
  const ends = lease_ends_at === null ? null : Date.parse(lease_ends_at);
  const shown = ends === null ? null : new Date(ends + VILLAGE_TIME_MS).toISOString();
  check(rules.tables.till, {
    cut_off,
    lease_ends_at: ends,
    month: shown && Number(shown.slice(5, 7)),
    day: shown && Number(shown.slice(8, 10)),
    clock: shown && shown.slice(11, 16),
    now: Date.parse(now),
    latest_at: Date.parse(latest_at),
  });
}

/**
 * Throw Refused unless a voucher may pay: when it is scanned, and again when it pays.
 * @param {Rules} rules
 * @param {Voucher | undefined} voucher undefined: there is none
 * @param {string} today
 * @param {Offline | null} offline
 */
export function checkVoucher(rules, voucher, today, offline) {
  const [year, month, day] = voucher ? voucher.expires_on.split("-").map(Number) : [null, null, null];
  check(rules.tables.voucher, {
    held: voucher !== undefined,
    state: voucher?.state ?? null,
    reason: voucher?.state_reason || "—",
    expires_on: voucher?.expires_on ?? null,
    year,
    month,
    day,
    today,
    balance_points: voucher?.balance_points ?? null,
    offline: offline !== null,
    known: voucher?.known ?? false,
    limit_points: offline?.limit_points ?? 0,
  });
}

/** @param {Rules} rules @param {Acting} acting @param {string[]} households those of the vouchers that are here */
function checkProxy(rules, { name, households: acted, limit }, households) {
  check(rules.tables.proxy, {
    proxy: name,
    acted: new Set(acted).size,
    households: new Set([...acted, ...households]).size,
    limit,
  });
}

/** @param {Rules} rules @param {string[]} voucher_ids @param {Line[]} basket */
function checkBasket(rules, voucher_ids, basket) {
  const quantities = basket.map((line) => line.quantity);
  const whole = quantities.length > 0 && quantities.every(Number.isSafeInteger);
  check(rules.tables.basket, {
    lines: basket.length,
    goods: new Set(basket.map((line) => line.good_id)).size,
    most_lines: rules.most_lines,
    vouchers: voucher_ids.length,
    different_vouchers: new Set(voucher_ids).size,
    smallest: whole ? Math.min(...quantities) : 0,
    largest: whole ? Math.max(...quantities) : 0,
    most_of_one: rules.most_of_one,
  });
}

/** @param {Rules} rules @param {Line} line @param {Good | undefined} good */
function checkLine(rules, line, good) {
  check(rules.tables.good, {
    name: good?.name ?? null,
    points_price: good?.points_price ?? null,
    points_each: line.points_each,
    withdrawn: good?.withdrawn ?? false,
  });
}

/**
 * The first voucher is emptied before the next is touched; one that pays nothing is left out.
 * @param {Rules} rules @param {number} total_points @param {string[]} ids @param {Record<string, Voucher>} vouchers
 */
function splitPayment(rules, total_points, ids, vouchers) {
  const held_points = ids.reduce((sum, id) => sum + vouchers[id].balance_points, 0);
  const short_points = Math.max(total_points - held_points, 0);
  check(rules.tables.payment, { total_points, held_points, short_points });
  return split(total_points, ids, vouchers);
}

/**
 * Return what each voucher pays of a sum, as far as they reach.
 * @param {number} total_points @param {string[]} ids @param {Record<string, {balance_points: number}>} vouchers
 * @returns {Payment[]}
 */
export function split(total_points, ids, vouchers) {
  const payments = [];
  let owed = total_points;
  for (const voucher_id of ids) {
    const { balance_points } = vouchers[voucher_id];
    const points = Math.min(balance_points, owed);
    if (points) payments.push({ voucher_id, points, left_points: balance_points - points });
    owed -= points;
  }
  return payments;
}

/**
 * First expiring first, never one that expired: the day a lot expires on is its last good one.
 * @param {Rules} rules @param {Line} line @param {Good} good @param {string} today
 */
function take(rules, { good_id, quantity }, { name, unit_name, lots }, today) {
  const good = lots.filter((lot) => lot.quantity && !(lot.expires_on !== null && lot.expires_on < today));
  const left = good.reduce((sum, lot) => sum + lot.quantity, 0);
  const left_with_expired = lots.reduce((sum, lot) => sum + lot.quantity, 0);
  check(rules.tables.left, { name, unit_name, wanted: quantity, left, left_with_expired });
  const takes = [];
  let wanted = quantity;
  for (const lot of good) {
    const some = Math.min(wanted, lot.quantity);
    if (some) takes.push({ good_id, lot_id: lot.id, quantity: some });
    wanted -= some;
  }
  return takes;
}
