// What a till carries of the books, less what it handed out since: a picture of one moment, which nothing changes.
import { floor, instant, seen, villageDay } from "./clock.js";
import { checkTill, checkVoucher, decide } from "./decide.js";
import { normaliseShortCode } from "./short-code.js";
import { codeHash, fromBase64url } from "./signing.js";
import { readToken, tokenIn } from "./token.js";

// Of how many entries a voucher's balance tells: a paper knows of none, the books' own word of all there are.
const EVER = -1;
const UNHEARD = Infinity;

/** @typedef {import("./store.js").Kept} Kept */

export class Carried {
  /**
   * @param {Awaited<ReturnType<typeof import("./store.js").readAll>>} all what is on the device
   * @param {import("./decide.js").Rules} rules
   * @param {string} underWay the key of the redemption that is being made: what it asked for is not held against it
   */
  constructor(all, rules, underWay = "") {
    this.all = all;
    this.rules = rules;
    this.clock = seen(all.clock);
    const undone = new Set(all.records.filter((one) => one.kind === "undo").map((one) => one.slip.key));
    this.made = all.records.filter(
      ({ kind, key, state }) => kind === "redeem" && !undone.has(key) && !(state === "asked" && key === underWay),
    );
    const since = takenSince(this.made, this.number);
    this.vouchers = new Map(all.vouchers.map((one) => [one.id, less({ household_id: one.id, ...one, known: true }, since)]));
    this.goods = new Map(all.goods.map((one) => [one.id, goodLess(one, since)]));
  }

  /** The entry that the copy was made after. */
  get number() {
    return this.all.copy?.number ?? 0;
  }

  get today() {
    return villageDay(instant(this.clock));
  }

  /** The records that wait to be sent. */
  get waiting() {
    return this.all.records.filter((one) => one.state === "done");
  }

  /** Whether this till could redeem without a network now, whatever is in the basket. */
  get ready() {
    const { lease, copy } = this.all;
    return Boolean(lease?.held && copy && copy.term === lease.term && Date.now() < lease.ends);
  }

  /** The number of the next record: above all that are here, and all that the books have. */
  get nextNumber() {
    return Math.max(this.all.lastNumber, ...this.all.records.map((one) => one.number)) + 1;
  }

  /** The record of a redemption, whatever became of it. @param {string} key @returns {Kept | undefined} */
  record(key) {
    return this.all.records.find((one) => one.key === key);
  }

  /** The goods on the shelf as the page shows them. */
  shelf() {
    const today = this.today;
    return [...this.goods.values()]
      .filter((good) => !good.withdrawn)
      .map((good) => ({
        ...good,
        quantity: good.lots.reduce((sum, { expires_on: day, quantity }) => sum + (day && day < today ? 0 : quantity), 0),
      }));
  }

  /**
   * Return the voucher that was scanned, undefined where there is none. One that is not in the copy is what its paper
   * says, less all that this till took from it. Raises TokenRefused for a paper that this market did not sign.
   * @param {string} scan
   */
  async voucherOf(scan) {
    const { till, copy } = this.all;
    if (tokenIn(scan) === null) {
      const hash = await codeHash(till.market_id, normaliseShortCode(scan));
      return [...this.vouchers.values()].find((one) => one.code_hash === hash);
    }
    const claims = await readToken(scan, (copy?.public_keys ?? []).map(fromBase64url), till.market_id);
    const { voucherId: id, facePoints: face, expiresOn: expires } = claims;
    const read = { id, household_id: id, face_points: face, balance_points: face, expires_on: expires, state: "handed_over", state_reason: "" };
    const unnamed = { serial_no: "", masked_name: "", group_name: "", expires, known: false };
    return this.vouchers.get(id) ?? less({ ...read, ...unnamed }, takenSince(this.made, EVER));
  }

  /** Return what the books said of a voucher just now, less what they have not heard of yet. */
  said(voucher) {
    return less({ ...voucher, state_reason: "", known: true }, takenSince(this.made, UNHEARD));
  }

  /** Throw Refused unless a voucher may pay here. @param {any} voucher @param {boolean} online */
  check(voucher, online) {
    if (!online || this.all.lease?.cut_off) checkTill(this.rules, this.offline());
    checkVoucher(this.rules, voucher, this.today, online ? null : this.offline());
  }

  /** Return what happens when a basket is redeemed here and now, without a network; throw the first Refused. */
  async decide(sent, scans) {
    const shown = await Promise.all(scans.map(({ scan }) => this.voucherOf(scan)));
    const vouchers = Object.fromEntries(shown.filter(Boolean).map((one) => [one.id, one]));
    const acting = sent.proxy ? this.#acting(sent.proxy.name) : null;
    const asked = { ...sent, acting, vouchers, goods: Object.fromEntries(this.goods), today: this.today, offline: this.offline() };
    const decision = decide(this.rules, { ...asked, minimum_points: this.all.copy?.minimum_points ?? 1 });
    return { ...decision, vouchers };
  }

  /**
   * Return for whom a proxy acted today, by the copy and by what this till redeemed itself; a record of the older form
   * has none. A household whose voucher is not here counts as one of its own.
   * @param {string} name @returns {import("./decide.js").Acting}
   */
  #acting(name) {
    const { copy } = this.all;
    const told = copy?.proxies_on === this.today ? copy.proxies : [];
    const here = this.made.filter(({ at, slip }) => slip.proxy?.name === name && villageDay(new Date(at)) === this.today);
    const ids = here.flatMap(({ slip }) => slip.vouchers.map(({ id }) => this.vouchers.get(id)?.household_id ?? id));
    const households = [...told.filter((one) => one.name === name).map((one) => one.household_id), ...ids];
    return { name, households, limit: copy?.proxy_daily_households ?? 0 };
  }

  /** Return what a till without a network knows of itself: see `decide.js`. */
  offline() {
    const { lease, copy, clock } = this.all;
    const held = lease?.held && copy?.term === lease.term;
    return {
      now: new Date(Date.now()).toISOString(),
      latest_at: new Date(floor(clock)).toISOString(),
      lease_ends_at: held ? new Date(lease.ends).toISOString() : null,
      cut_off: lease?.cut_off ?? false,
      limit_points: copy?.offline_new_points ?? 0,
    };
  }
}

/**
 * Return how much was taken of each voucher and each good by what is not among the first so many entries.
 * @param {Kept[]} made @param {number} entries @returns {Map<string, number>}
 */
function takenSince(made, entries) {
  const taken = new Map();
  const add = (id, some) => taken.set(id, (taken.get(id) ?? 0) + some);
  for (const { entry_number: entry, slip } of made) {
    if (entry !== null && entry <= entries) continue;
    for (const { id, amount_points: points } of slip.vouchers) add(id, points);
    for (const { good_id: id, quantity } of slip.goods) add(id, quantity);
  }
  return taken;
}

function less(voucher, taken) {
  return { ...voucher, balance_points: voucher.balance_points - (taken.get(voucher.id) ?? 0) };
}

function goodLess(good, taken) {
  let left = taken.get(good.id) ?? 0;
  const lots = good.lots.map((lot, at) => {
    const some = Math.min(left, lot.quantity);
    left -= some;
    return { id: `${at}`, ...lot, quantity: lot.quantity - some };
  });
  return { ...good, lots };
}
