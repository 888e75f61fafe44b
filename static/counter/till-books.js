// The books as a till has them: its copy, less what it handed out since. Answers with a network and without.
import { NoAnswer } from "./ask.js";
import { newKey } from "./basket.js";
import { floor, instant, seen, villageDay } from "./clock.js";
import { checkVoucher, decide } from "./decide.js";
import { Refused } from "./refusals.js";
import { normaliseShortCode } from "./short-code.js";
import { codeHash, fromBase64url, recordSignature } from "./signing.js";
import { dropRecord, keep, keepDone, keepRecord, readAll } from "./store.js";
import { readToken, tokenIn, TokenRefused } from "./token.js";

const PATIENCE_MS = 6_000;
const REFUSED = new Set([409, 422]);

/**
 * @typedef {import("./store.js").Kept} Kept
 * @typedef {{ok: true, slip: import("./slip.js").Slip, state: "booked" | "waits"} |
 *   {ok: false, error: string, detail: string, online?: boolean}} Answer
 */

export class TillBooks {
  /**
   * @param {any} store
   * @param {import("./line.js").Line} line
   * @param {import("./contact.js").Contact} contact
   * @param {import("./decide.js").Rules} rules
   */
  constructor(store, line, contact, rules) {
    this.store = store;
    this.line = line;
    this.contact = contact;
    this.rules = rules;
  }

  /** Read everything from the device, and work out what is left of each voucher and good. */
  async load() {
    const all = await readAll(this.store);
    this.known = all;
    this.clock = seen(all.clock);
    this.vouchers = new Map(all.vouchers.map((one) => [one.id, { ...one, known: true }]));
    this.goods = new Map(all.goods.map((one) => [one.id, { ...one, lots: one.lots.map((lot, at) => ({ id: `${at}`, ...lot })) }]));
    const undone = new Set(all.records.filter((one) => one.kind === "undo").map((one) => one.slip.key));
    for (const record of all.records) {
      const inCopy = record.entry_number !== null && record.entry_number <= (all.copy?.number ?? 0);
      if (record.kind === "redeem" && record.state !== "asked" && !inCopy && !undone.has(record.key)) this.#spend(record.slip);
    }
    return all;
  }

  #spend(slip) {
    for (const { id, amount_points: points } of slip.vouchers) {
      const voucher = this.vouchers.get(id);
      if (voucher) voucher.balance_points -= points;
    }
    for (const { good_id: id, quantity } of slip.goods) {
      let left = quantity;
      for (const lot of this.goods.get(id)?.lots ?? []) {
        const some = Math.min(left, lot.quantity);
        lot.quantity -= some;
        left -= some;
      }
    }
  }

  get today() {
    return villageDay(instant(this.clock));
  }

  /** The records that wait to be sent. */
  get waiting() {
    return this.known.records.filter((one) => one.state === "done");
  }

  /** Whether this till could redeem without a network now, whatever is in the basket. */
  get ready() {
    const { lease, copy } = this.known;
    return Boolean(lease?.held && copy && copy.term === lease.term && Date.now() < lease.ends);
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
   * Say whose voucher a scan is, from the copy; one that is not in it is asked for where there is a network.
   * @returns {Promise<{ok: true, voucher: any} | {ok: false, error: string, detail: string}>}
   */
  async find(scan, words) {
    try {
      const voucher = await this.#voucherOf(scan);
      if (!voucher?.known && this.contact.online) return await this.#askFor(scan);
      checkVoucher(this.rules, voucher, this.today, this.contact.online ? null : this.#offline());
      return found(voucher);
    } catch (error) {
      return refusal(error, words);
    }
  }

  async #voucherOf(scan) {
    const { till, copy } = this.known;
    if (tokenIn(scan) === null) {
      const hash = await codeHash(till.market_id, normaliseShortCode(scan));
      return [...this.vouchers.values()].find((one) => one.code_hash === hash);
    }
    const claims = await readToken(scan, (copy?.public_keys ?? []).map(fromBase64url), till.market_id);
    const known = this.vouchers.get(claims.voucherId);
    if (known) return known;
    const made = { id: claims.voucherId, face_points: claims.facePoints, balance_points: claims.facePoints };
    const unknown = { ...made, expires_on: claims.expiresOn, state: "handed_over", state_reason: "", known: false };
    this.vouchers.set(made.id, { ...unknown, serial_no: "", masked_name: "", group_name: "", expires: claims.expiresOn });
    return this.vouchers.get(made.id);
  }

  async #askFor(scan) {
    const answer = await this.line.ask("scan", { scan }, PATIENCE_MS);
    if (!answer.ok) return refused(answer.data);
    const voucher = { ...answer.data.voucher, state_reason: "", known: true };
    this.vouchers.set(voucher.id, voucher);
    return found(voucher);
  }

  #offline() {
    const { lease, copy } = this.known;
    const held = lease?.held && copy?.term === lease.term;
    return {
      now: new Date(Date.now()).toISOString(),
      latest_at: new Date(floor(this.known.clock)).toISOString(),
      lease_ends_at: held ? new Date(lease.ends).toISOString() : null,
      cut_off: lease?.cut_off ?? false,
      limit_points: copy?.offline_new_points ?? 0,
    };
  }

  /**
   * Redeem a basket: with a network the books are asked, without one the rules here decide, and what is handed out is
   * on the disk before anybody is told. Asked again with the same key, the answer is the same. Raises NoAnswer where
   * it was asked, nobody answered, and this till may not decide alone.
   * @param {{key: string, voucher_ids: string[], basket: import("./decide.js").Line[]}} sent
   * @param {{id: string, scan: string}[]} scans how each voucher was shown
   * @returns {Promise<Answer>}
   */
  async redeem(sent, scans, words) {
    await this.load();
    const before = this.known.records.find((one) => one.key === sent.key);
    if (before && before.state !== "asked") return answerOf(before);
    const record = before ?? (await this.#newRecord(sent, scans));
    // What waits here is not in the books yet: asked now, they would count its points as left.
    if (!this.waiting.length && this.contact.online && this.contact.said?.clerk_id) {
      const answer = await this.#askToRedeem(sent, scans, record);
      if (answer) return answer;
    }
    return this.#redeemAlone(sent, scans, record, words);
  }

  async #askToRedeem(sent, scans, record) {
    await keepRecord(this.store, record);
    const tokens = sent.voucher_ids.map((id) => tokenIn(scans.find((one) => one.id === id)?.scan ?? ""));
    try {
      const answer = await this.line.ask("redemptions", { ...sent, tokens, number: record.number }, PATIENCE_MS);
      if (!answer.ok) {
        // Only the books' own word on this very redemption says that it did not happen.
        if (REFUSED.has(answer.status)) await dropRecord(this.store, record.number);
        return refused(answer.data);
      }
      const { entry_number: entry, entry_hash: hash, redeemed_at: at, vouchers } = answer.data;
      const slip = { ...record.slip, at, entry_number: entry, entry_hash: hash, vouchers: vouchers.map(paidThere) };
      await keepRecord(this.store, { ...record, at, slip, state: "sent", entry_number: entry, outcome: "booked" });
      this.contact.soon();
      return /** @type {Answer} */ ({ ok: true, slip, state: "booked" });
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return null;
    }
  }

  async #redeemAlone(sent, scans, record, words) {
    const wasAsked = this.known.records.some((one) => one.key === sent.key) || this.contact.online;
    try {
      const { payments } = this.#decide(sent, this.#offline());
      const done = await this.#signed(sent, scans, record, payments);
      if (!(await keepDone(this.store, done, this.known.lease.term))) {
        await this.load();
        this.#decide(sent, this.#offline());
        throw new NoAnswer("the lease changed hands");
      }
      await keep(this.store, { clock: seen(this.known.clock) });
      this.contact.soon();
      return /** @type {Answer} */ ({ ok: true, slip: done.slip, state: "waits" });
    } catch (error) {
      if (wasAsked && error instanceof Refused) throw new NoAnswer(error.message, error.message);
      return refusal(error, words);
    }
  }

  #decide(sent, offline) {
    return decide(this.rules, {
      ...sent,
      goods: Object.fromEntries(this.goods),
      vouchers: Object.fromEntries(this.vouchers),
      today: this.today,
      minimum_points: this.known.copy?.minimum_points ?? 1,
      offline,
    });
  }

  async #newRecord(sent, scans) {
    const number = Math.max(0, this.contact.lastNumber, ...this.known.records.map((one) => one.number)) + 1;
    const at = instant(this.clock).toISOString();
    const slip = this.#slip(sent, number, at, []);
    /** @type {Kept} */
    const record = { number, key: sent.key, kind: "redeem", at, body: "", signature: "", state: "asked", entry_number: null, outcome: "", reasons: [], slip };
    return record;
  }

  /** Write the record as it will be sent, and sign it: from then on it has happened. */
  async #signed(sent, scans, record, payments) {
    const at = instant(this.clock).toISOString();
    const slip = this.#slip(sent, record.number, at, payments);
    const vouchers = payments.map(({ voucher_id: id, points, left_points: left }) => {
      const { scan } = scans.find((one) => one.id === id);
      const token = tokenIn(scan);
      const shown = token ? { token, code: null } : { token: null, code: normaliseShortCode(scan) };
      return { id, amount_points: points, before_points: left + points, after_points: left, ...shown };
    });
    const told = { kind: "redeem", till_id: this.known.till.id, number: record.number, key: sent.key, at };
    const body = JSON.stringify({ ...told, clerk_id: this.known.clerk.id, vouchers, basket: sent.basket });
    return { ...record, at, body, signature: await recordSignature(this.known.keys, body), state: "done", slip };
  }

  #slip(sent, number, at, payments) {
    const { till, clerk, copy } = this.known;
    const goods = sent.basket.map(({ good_id: id, quantity, points_each: each }) => {
      const { name, spec, unit_name: unit } = this.goods.get(id) ?? { name: "", spec: "", unit_name: "" };
      return { good_id: id, name, spec, unit_name: unit, quantity, points_each: each };
    });
    return {
      key: sent.key,
      number,
      at,
      clerk_name: clerk?.name ?? "",
      place: copy?.village_name ?? till.village_name,
      market: copy?.market_name ?? till.market_name,
      vouchers: payments.map(({ voucher_id: id, points, left_points: left }) => {
        const { serial_no: serial, masked_name: name } = this.vouchers.get(id);
        return { id, serial_no: serial, masked_name: name, amount_points: points, after_points: left };
      }),
      goods,
      total_points: goods.reduce((sum, good) => sum + good.quantity * good.points_each, 0),
      entry_number: null,
      entry_hash: "",
      undone_at: null,
      undone_reason: "",
    };
  }

  /**
   * Take a redemption of today back: here, while the books have not got it; else they are asked.
   * @param {string} key @param {string} reason @returns {Promise<Answer>}
   */
  async undo(key, reason, words) {
    await this.load();
    const record = this.known.records.find((one) => one.key === key);
    if (!record || villageDay(new Date(record.at)) !== this.today || record.slip.undone_at) {
      return refused({ error: "UndoTooLate", detail: words.undo_too_late });
    }
    const at = instant(this.clock).toISOString();
    const slip = { ...record.slip, undone_at: at, undone_reason: reason };
    if (record.state !== "done") return this.#askToUndo(record, slip, reason);
    const number = Math.max(...this.known.records.map((one) => one.number)) + 1;
    const told = { kind: "undo", till_id: this.known.till.id, number, key: newKey(), at, clerk_id: this.known.clerk.id };
    const body = JSON.stringify({ ...told, redemption_id: key, reason });
    const signature = await recordSignature(this.known.keys, body);
    /** @type {Kept} */
    const undoing = { number, key: told.key, kind: "undo", at, body, signature, state: "done", entry_number: null, outcome: "", reasons: [], slip };
    const change = this.store.transaction("records", "readwrite", { durability: "strict" });
    change.store.put({ ...record, slip });
    change.store.put(undoing);
    await change.done;
    this.contact.soon();
    return /** @type {Answer} */ ({ ok: true, slip, state: "waits" });
  }

  async #askToUndo(record, slip, reason) {
    const answer = await this.line.ask(`redemptions/${record.key}/undo`, { key: newKey(), reason }, PATIENCE_MS);
    if (!answer.ok) return refused(answer.data);
    await keepRecord(this.store, { ...record, slip });
    this.contact.soon();
    return /** @type {Answer} */ ({ ok: true, slip, state: "booked" });
  }

  /** Find out what became of redemptions that were asked for and never answered, when the page was closed then. */
  async settleAsked(underWay) {
    for (const record of this.known.records.filter((one) => one.state === "asked" && one.key !== underWay)) {
      const answer = await this.line.look(`redemptions/${record.key}`);
      if (answer.status === 404) await dropRecord(this.store, record.number);
      else if (answer.ok) {
        const { entry_number: entry, entry_hash: hash, redeemed_at: at, vouchers } = answer.data;
        const slip = { ...record.slip, at, entry_number: entry, entry_hash: hash, vouchers: vouchers.map(paidThere) };
        await keepRecord(this.store, { ...record, at, slip, state: "sent", entry_number: entry, outcome: "booked" });
      }
    }
  }
}

function paidThere({ id, serial_no: serial, masked_name: name, amount_points: amount, balance_after_points: after }) {
  return { id, serial_no: serial, masked_name: name, amount_points: amount, after_points: after };
}

/** @param {Kept} record @returns {Answer} */
function answerOf(record) {
  return { ok: true, slip: record.slip, state: record.state === "sent" ? "booked" : "waits" };
}

/** @returns {{ok: true, voucher: any}} */
function found(voucher) {
  return { ok: true, voucher };
}

/** @returns {{ok: false, error: string, detail: string, online: boolean}} */
function refused({ error, detail, online = false }) {
  return { ok: false, error, detail, online };
}

function refusal(error, words) {
  if (error instanceof Refused) return refused({ error: error.name, detail: error.message });
  if (error instanceof TokenRefused) return refused({ error: error.refusal, detail: words[error.refusal] });
  throw error;
}
