// The books as a till has them. With a network they are asked; without one this till decides, while it holds the lease.
import { NoAnswer } from "./ask.js";
import { newKey } from "./basket.js";
import { Carried } from "./carried.js";
import { villageDay } from "./clock.js";
import { askedFor, bookedAs, redeemed, undone } from "./record.js";
import { Refused } from "./refusals.js";
import { addRecord, amendRecord, dropRecord, keepDone, keepUndone, readAll } from "./store.js";
import { tokenIn, TokenRefused } from "./token.js";

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
   * @param {() => string} underWay the key of what lies in the basket
   */
  constructor(store, line, contact, rules, underWay) {
    this.store = store;
    this.line = line;
    this.contact = contact;
    this.rules = rules;
    this.underWay = underWay;
    /** @type {Promise<any>} what is being done: one thing after the other */
    this.last = Promise.resolve();
    /** @type {Set<string>} */
    this.read = new Set();
  }

  /** Read everything from the device. */
  async load(underWay = this.underWay()) {
    this.carried = new Carried(await readAll(this.store), this.rules, underWay);
    return this.carried;
  }

  /**
   * Say whose voucher a scan is, from the copy; one that is not in it is asked for where there is a network.
   * @returns {Promise<{ok: true, voucher: any} | {ok: false, error: string, detail: string}>}
   */
  async find(scan, words) {
    const { carried, contact } = this;
    try {
      const voucher = await carried.voucherOf(scan);
      if (!voucher?.known && contact.online) return await this.#askFor(carried, scan);
      carried.check(voucher, contact.online);
      return { ok: true, voucher };
    } catch (error) {
      return refusal(error, words);
    }
  }

  async #askFor(carried, scan) {
    const answer = await this.line.ask("scan", { scan }, PATIENCE_MS);
    return answer.ok ? { ok: /** @type {const} */ (true), voucher: carried.said(answer.data.voucher) } : refused(answer.data);
  }

  /**
   * Redeem a basket: with a network the books are asked, without one the rules here decide, and what is handed out is
   * on the disk before anybody is told. Asked again with the same key, the answer is the same. Raises NoAnswer where
   * it was asked, nobody answered, and this till may not decide alone.
   * @param {import("./record.js").Sent} sent
   * @param {import("./record.js").Shown[]} shown the vouchers in the basket
   * @returns {Promise<Answer>}
   */
  redeem(sent, shown, words) {
    return this.#inTurn(async () => {
      const carried = await this.load(sent.key);
      const before = carried.record(sent.key);
      if (before && before.state !== "asked") return answerOf(before);
      // What waits here is not in the books yet: asked now, they would count its points as left.
      if (!carried.waiting.length && this.contact.online && this.contact.said?.clerk_id) {
        // Asked again, there may be something else in the basket: nobody was let in the first time.
        const record = askedFor(carried, sent, shown, before?.number ?? carried.nextNumber);
        await (before ? amendRecord(this.store, record.number, record) : addRecord(this.store, record));
        const answer = await this.#askToRedeem(sent, shown, record);
        if (answer) return answer;
      }
      return this.#redeemAlone(sent, shown, words);
    });
  }

  /** Ask the books; null where nobody answered. @returns {Promise<Answer | null>} */
  async #askToRedeem(sent, shown, record) {
    const tokens = sent.voucher_ids.map((id) => tokenIn(shown.find((one) => one.id === id)?.scan ?? ""));
    try {
      const answer = await this.line.ask("redemptions", { ...sent, tokens, number: record.number }, PATIENCE_MS);
      if (!answer.ok) {
        // Only the books' own word on this very redemption says that it did not happen.
        if (REFUSED.has(answer.status)) await dropRecord(this.store, record.number);
        return refused(answer.data);
      }
      const booked = bookedAs(record, answer.data);
      await amendRecord(this.store, record.number, booked);
      this.contact.soon();
      return { ok: true, slip: booked.slip, state: "booked" };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return null;
    }
  }

  /** Decide here. What this till knows may be out of date while there is a network: then its no is no answer yet. */
  async #redeemAlone(sent, shown, words) {
    try {
      for (;;) {
        const carried = await this.load(sent.key);
        const before = carried.record(sent.key);
        const { payments } = await carried.decide(sent, shown);
        const done = await redeemed(carried, sent, shown, { number: before?.number ?? carried.nextNumber, payments });
        if (await keepDone(this.store, done, carried.all)) {
          this.contact.soon();
          return { ok: /** @type {const} */ (true), slip: done.slip, state: /** @type {const} */ ("waits") };
        }
      }
    } catch (error) {
      const mayHaveHappened = this.carried.record(sent.key) !== undefined;
      if (error instanceof Refused && (mayHaveHappened || this.contact.online)) throw new NoAnswer(error.message, error.message);
      return refusal(error, words);
    }
  }

  /** The newest redemption whose slip nobody has read: the browser was killed before. @returns {Answer | null} */
  get unseen() {
    const unseen = this.carried.made.findLast(({ state, key, seen }) => state !== "asked" && !(seen || this.read.has(key)));
    return unseen ? answerOf(unseen) : null;
  }

  /** Take note that a slip was read. @param {string} key */
  async saw(key) {
    this.read.add(key); // at once, so that it is not shown again before that is written
    const record = this.carried.record(key);
    if (record && !record.seen) await amendRecord(this.store, record.number, { seen: true });
  }

  /**
   * Take a redemption of today back: here, while the books have not got it; else they are asked. Raises NoAnswer.
   * @param {string} key @param {string} reason @returns {Promise<Answer>}
   */
  undo(key, reason, words) {
    return this.#inTurn(async () => {
      const carried = await this.load();
      const record = carried.record(key);
      if (!record || villageDay(new Date(record.at)) !== carried.today || record.slip.undone_at) {
        return refused({ error: "UndoTooLate", detail: words.undo_too_late });
      }
      if (record.state !== "done") return this.#askToUndo(record, reason);
      const undoing = await undone(carried, record.slip, reason);
      await keepUndone(this.store, record.number, undoing);
      this.contact.soon();
      return { ok: true, slip: undoing.slip, state: "waits" };
    });
  }

  async #askToUndo(record, reason) {
    const asked = record.undoing ?? { key: newKey(), reason };
    await amendRecord(this.store, record.number, { undoing: asked });
    const answer = await this.line.ask(`redemptions/${record.key}/undo`, asked, PATIENCE_MS);
    if (!answer.ok) {
      await amendRecord(this.store, record.number, { undoing: undefined });
      return refused(answer.data);
    }
    const slip = { ...record.slip, undone_at: answer.data.undone_at, undone_reason: asked.reason };
    await amendRecord(this.store, record.number, { slip });
    this.contact.soon();
    return { ok: /** @type {const} */ (true), slip, state: /** @type {const} */ ("booked") };
  }

  /**
   * Find out what became of redemptions that were asked for and never answered; what lies in the basket asks for itself.
   * Raises NoAnswer.
   */
  async settleAsked() {
    const { records } = await readAll(this.store);
    for (const record of records) {
      if (record.state !== "asked" || record.key === this.underWay()) continue;
      const answer = await this.line.look(`redemptions/${record.key}`);
      if (answer.status === 404) await dropRecord(this.store, record.number);
      else if (answer.ok) await amendRecord(this.store, record.number, bookedAs(record, answer.data));
    }
  }

  /** @template T @param {() => Promise<T>} act @returns {Promise<T>} */
  #inTurn(act) {
    const done = this.last.then(act);
    this.last = done.catch(() => {});
    return done;
  }
}

/** @param {Kept} record @returns {Answer} */
function answerOf(record) {
  return { ok: true, slip: record.slip, state: record.state === "sent" ? "booked" : "waits" };
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
