// The slips of a till: the one just made, those of today, taking one back, and saving what waits as a file.
import { NoAnswer } from "./ask.js";
import { villageDay } from "./clock.js";
import { saidOf } from "./proxy.js";
import { asFile } from "./sending.js";
import { drawSlip, said, whose } from "./slip.js";
import { say } from "./speech.js";
import { fill, piece } from "./words.js";

function element(id) {
  return document.getElementById(id);
}

export class Slips {
  /**
   * @param {any} books
   * @param {Record<string, string>} words
   * @param {() => void} draw draw the rest of the page
   * @param {() => void} left the counter is in sight again
   */
  constructor(books, words, draw, left) {
    this.books = books;
    this.words = words;
    this.draw = draw;
    this.left = left;
    this.open = false;
    this.shown = "";
    this.key = "";
    this.undoing = false;
    this.weekdays = words.weekdays.split(" ");
    element("today").addEventListener("click", () => this.list());
    element("slip-print").addEventListener("click", () => print());
    element("slip-undo").addEventListener("click", () => this.#askWhy());
    element("undo-form").addEventListener("submit", (event) => this.#undo(event));
    element("undo-not").addEventListener("click", () => this.#show(this.key));
    element("save-records").addEventListener("click", () => this.save());
    element("slip-list").addEventListener("click", (event) => {
      const row = /** @type {HTMLElement} */ (event.target).closest("[data-key]");
      if (row) this.#show(row.getAttribute("data-key"));
    });
    addEventListener("popstate", () => this.open && this.#leave());
  }

  /** Show what was just redeemed. @param {import("./till-books.js").Answer & {ok: true}} answer */
  show(answer) {
    const { total_points: points, vouchers } = answer.slip;
    say(fill(this.words.done_said, { points, left: vouchers.reduce((sum, { after_points: left }) => sum + left, 0) }));
    this.#enter();
    this.#show(answer.slip.key, answer);
    element("slip-view").focus({ preventScroll: true });
    this.#showSeal();
  }

  /** From the top, but never so that the seal lies under the buttons: on a small phone it is what has to be seen. */
  #showSeal() {
    scrollTo({ top: 0 });
    const seal = element("slip-place").querySelector("[data-seal]").getBoundingClientRect();
    const buttons = element("go").closest(".action").getBoundingClientRect();
    if (seal.bottom > buttons.top) scrollBy({ top: seal.bottom - buttons.top });
  }

  /** Show the redemptions of today. */
  list() {
    this.#enter();
    const { records, today } = this.books;
    const made = records.filter(({ kind, state, at }) => {
      return kind === "redeem" && state !== "asked" && villageDay(new Date(at)) === today;
    });
    element("slip-list").replaceChildren(
      ...made.reverse().map((record) => {
        const { slip } = record;
        const goods = slip.goods.map((good) => good.name + (good.quantity > 1 ? `×${good.quantity}` : "")).join(this.words.comma);
        const state = this.#trouble(record.key).length
          ? this.words.in_dispute
          : slip.undone_at
            ? this.words.seal_undone
            : record.state === "sent"
              ? this.words.in_books
              : this.words.waiting;
        const points = fill(this.words.made_points, { points: slip.total_points });
        const by = slip.proxy ? ` · ${saidOf(slip.proxy, this.words)}` : "";
        const row = piece("made", { when: said(record.at, this.weekdays).slice(-5), whose: `${whose(slip, this.words)} · ${goods}`, state: points + state + by });
        row.dataset.key = record.key;
        row.classList.toggle("day-undone", slip.undone_at !== null);
        return row;
      }),
    );
    element("slip-none").hidden = made.length > 0;
    this.#only("slip-today");
  }

  /** Go back to redeeming, at once: the next one is waiting. */
  close() {
    history.replaceState(null, "");
    this.#leave();
  }

  /** What the red button says and does while a slip is open. */
  get next() {
    if (this.undoing) return { label: this.words.sending, act: null };
    if (this.shown === "slip-why") {
      return { label: this.words.undo, act: () => /** @type {HTMLFormElement} */ (element("undo-form")).requestSubmit() };
    }
    return { label: this.shown === "slip-one" ? this.words.next_one : this.words.back, act: () => this.close() };
  }

  /** Offer what waits as a file. */
  save() {
    const { till, records } = this.books;
    const file = asFile(till, records, new Date().toISOString());
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: file.name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  #enter() {
    if (!this.open) history.pushState({ slip: true }, "");
    this.open = true;
    document.body.classList.add("is-slip");
    this.draw();
  }

  /** Show the redemption that nobody has read the slip of, if there is one. */
  showUnseen() {
    const { unseen } = this.books;
    if (unseen) this.show(unseen);
  }

  #leave() {
    this.open = false;
    if (this.key) this.books.saw(this.key);
    document.body.classList.remove("is-slip");
    delete document.body.dataset.slip;
    this.draw();
    this.left();
  }

  #only(shown) {
    for (const id of ["slip-one", "slip-today", "slip-why"]) element(id).hidden = id !== shown;
    this.shown = document.body.dataset.slip = shown;
    this.draw();
  }

  #show(key, answer = null) {
    this.key = key;
    const record = this.books.records.find((one) => one.key === key);
    // What waited when it was made has got its place in the book since.
    const slip = answer?.slip ?? { ...record.slip, entry_number: record.entry_number ?? record.slip.entry_number };
    const state = answer?.state ?? (record.state === "sent" ? "booked" : "waits");
    const today = villageDay(new Date(slip.at)) === this.books.today;
    drawSlip(element("slip-place"), slip, {
      state,
      words: this.words,
      weekdays: this.weekdays,
      may: { undo: today && !slip.undone_at },
    });
    const trouble = this.#trouble(key);
    this.#say(trouble.length ? fill(this.words.disputed, { why: trouble.join(" ") }) : "");
    this.#only("slip-one");
  }

  /** What the books could not take as it was sent, of a redemption or of its undoing: the reasons, in their words. */
  #trouble(key) {
    const about = this.books.records.filter((one) => one.slip.key === key && ["disputed", "refused"].includes(one.outcome));
    return about.flatMap((one) => one.reasons);
  }

  #askWhy() {
    this.#only("slip-why");
    element("undo-form").querySelector("input")?.focus();
  }

  async #undo(event) {
    event.preventDefault();
    const reason = String(new FormData(event.target).get("why") ?? "").trim();
    if (!reason || this.undoing) return;
    this.undoing = true;
    this.draw();
    const answer = await this.#askToUndo(this.key, reason).finally(() => (this.undoing = false));
    if (this.shown !== "slip-why") return; // gone back meanwhile
    this.#show(this.key, answer.ok ? answer : null);
    if (answer.ok) this.#showSeal();
    else this.#say(answer.detail);
  }

  /** Take a redemption back; where nobody answers it may have been, and asking again is the way to know. */
  async #askToUndo(key, reason) {
    try {
      return await this.books.undo(key, reason);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return { ok: /** @type {const} */ (false), detail: this.words.undo_unknown };
    }
  }

  /** Say over the slip what is wrong with it; nothing: nothing is. */
  #say(sentence) {
    element("slip-trouble").hidden = !sentence;
    element("slip-trouble").textContent = sentence;
  }
}
