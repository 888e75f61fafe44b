// Staying in touch: the lease is renewed, the copy kept fresh, and what waits is sent, whenever there is a network.
import { NoAnswer } from "./ask.js";
import { heard, timed } from "./clock.js";
import { deliver } from "./sending.js";
import { forgetSent, keep, keepCopy, letGo } from "./store.js";

const BEAT_MS = 8_000;
const NEWS_MS = 300;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;
const PATIENCE_MS = 6_000;
const HEARD_MS = 20_000;
// Of what an older page kept, what is new since then is not enough: it did not say whose its vouchers are.
const FORM = 2;
const KEPT_MS = 36 * 3_600_000;

export class Contact {
  /**
   * @param {any} store
   * @param {import("./line.js").Line} line
   * @param {() => Promise<void>} changed read everything anew and draw it
   * @param {() => Promise<void>} settle find out what became of what was asked before the page was closed
   */
  constructor(store, line, changed, settle) {
    this.settle = settle;
    this.store = store;
    this.line = line;
    this.changed = changed;
    this.failures = 0;
    this.tries = 0;
    this.heardAt = -Infinity;
    this.sending = false;
    /** @type {{cut_off: boolean, clerk_id: string | null, clerk_name: string, signed_out: boolean} | null} */
    this.said = null;
    this.timer = 0;
    /** @type {Promise<boolean> | null} one at a time: an older answer must not be taken for a newer */
    this.touching = null;
  }

  /** Whether the books answered a moment ago. */
  get online() {
    return navigator.onLine && this.failures === 0 && performance.now() - this.heardAt < HEARD_MS;
  }

  /** Begin, and go on for as long as the page is open. */
  start() {
    addEventListener("online", () => this.#fresh());
    addEventListener("offline", () => this.#failed());
    document.addEventListener("visibilitychange", () => document.hidden || this.#fresh());
    this.soon();
  }

  /** Something may have changed: begin anew with the shortest waits. */
  #fresh() {
    this.tries = 0;
    this.soon();
  }

  /** Be in touch now, whatever was planned. */
  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#beat(), 0);
  }

  async #beat() {
    try {
      const news = await this.touch();
      this.#next(news ? NEWS_MS : BEAT_MS);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.#failed();
    }
  }

  /**
   * Say what waits here, hear what the books say, fetch what is new, send what waits. Returns whether there is news to
   * say: what was sent does not wait here any more, what was fetched is known here. Raises NoAnswer.
   */
  touch() {
    this.touching ??= this.#touch().finally(() => (this.touching = null));
    return this.touching;
  }

  async #touch() {
    const { copy, records } = await this.#known();
    const unsent = records.filter((one) => one.state !== "sent").length;
    const exchange = timed();
    const answer = await this.line.ask(
      "till/contact",
      { version: copy?.version ?? null, unsent, wants_lease: true },
      PATIENCE_MS,
    );
    if (!answer.ok) throw new NoAnswer(answer.data.error);
    const { begun, got } = exchange();
    const { at, lease, clerk_id: clerkId, clerk_name: clerkName, cut_off: cutOff, version } = answer.data;
    await keep(this.store, {
      clock: heard(Date.parse(at), { begun, got }),
      lease: { ...lease, ends: begun + lease.seconds * 1000, cut_off: cutOff },
      last_number: answer.data.last_number,
      ...(clerkId ? { clerk: { id: clerkId, name: clerkName } } : {}),
    });
    this.said = { cut_off: cutOff, clerk_id: clerkId, clerk_name: clerkName, signed_out: !clerkId };
    this.#answered();
    await this.settle();
    const isOld = copy?.version !== version || copy?.term !== lease.term || copy?.form !== FORM;
    const fetched = isOld && (await this.#fetchCopy(copy, Date.parse(at)));
    const sent = await this.#sendAll();
    if (lease.wanted) await this.#giveBack();
    await this.changed();
    return fetched || sent > 0;
  }

  async #fetchCopy(copy, at) {
    const since = copy?.form === FORM ? copy : null;
    const asked = { number: since?.number ?? null, at: since?.at ?? null };
    const answer = await this.line.ask("till/copy", asked);
    if (!answer.ok) return false;
    await keepCopy(this.store, { ...answer.data, form: FORM });
    await forgetSent(this.store, new Date(at - KEPT_MS).toISOString());
    return true;
  }

  async #sendAll() {
    this.sending = true;
    try {
      return await deliver(this.store, this.line, this.changed);
    } finally {
      this.sending = false;
    }
  }

  /** Let others redeem, when they ask or the clerk has signed out: only once everything from here is in the books. */
  async #giveBack() {
    if (await letGo(this.store)) await this.line.ask("till/give-back", {});
  }

  #answered() {
    this.failures = this.tries = 0;
    this.heardAt = performance.now();
  }

  #failed() {
    this.failures += 1;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.tries);
    this.tries += 1;
    this.#next(wait * (0.75 + Math.random() / 2));
    this.changed();
  }

  #next(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#beat(), wait);
  }

  async #known() {
    const view = this.store.transaction(["facts", "records"]);
    const facts = view.objectStore("facts");
    const [copy, records] = await Promise.all([facts.get("copy"), view.objectStore("records").getAll()]);
    return { copy, records };
  }
}
