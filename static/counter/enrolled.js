// A till's page: open what the device keeps, or become a till first; then stay in touch with the books.
import { ask, NoAnswer } from "./ask.js";
import { instant } from "./clock.js";
import { Contact } from "./contact.js";
import * as door from "./door.js";
import { offerInstall } from "./install.js";
import { join } from "./join.js";
import { Line } from "./line.js";
import { canSign } from "./signing.js";
import { drawStatus } from "./status.js";
import { fact, openStore } from "./store.js";
import { TillBooks } from "./till-books.js";
import { followUpdates, keepPage } from "./update.js";

const LOCK = "love-market-till";
const A_DAY_MS = 86_400_000;
const NOWHERE = "000000000000";

/**
 * Return the till's books, once this device is one and this page is the only one of it that writes.
 * @returns {Promise<any>}
 */
export async function openTill(root) {
  const words = JSON.parse(root.dataset.words);
  offerInstall(document.getElementById("install"));
  const kept = keepPage(root.dataset.worker);
  if (!canSign()) return door.stop(words.no_keys);
  const store = await openStore();
  if (!store) return door.stop(words.no_store);
  await join(store, words);
  const till = await fact(store, "till");
  if (!till) return door.stop(words.not_enrolled, { href: root.dataset.signIn, label: words.to_desk });
  await alone(words);
  const persisted = await navigator.storage?.persist?.().catch(() => false);
  const line = new Line(store, till, await fact(store, "keys"));
  const books = new EnrolledBooks(root, store, line, till, persisted === true, await kept);
  await books.open();
  return books;
}

/** A till's books as the page uses them: see `OnlineBooks` for the same without a till. */
class EnrolledBooks {
  constructor(root, store, line, till, persisted, kept) {
    this.words = JSON.parse(root.dataset.words);
    this.place = till.id;
    this.keeps = "local";
    this.offline = true;
    this.persisted = persisted;
    this.kept = kept;
    this.contact = new Contact(store, line, () => this.#changed(), () => this.books.settleAsked());
    this.books = new TillBooks(store, line, this.contact, JSON.parse(root.dataset.rules), () => this.#underWay());
    this.changed = () => {};
  }

  async open() {
    const { till, copy } = (await this.books.load()).all;
    document.getElementById("till-place-name").textContent = ` · ${copy?.village_name ?? till.village_name}`;
    document.getElementById("till-name").textContent = till.name;
    for (const way of this.#ways) way.href = way.href.replace(NOWHERE, till.village_code);
    document.getElementById("sign-out").addEventListener("click", () => this.#signOut());
    this.#draw();
  }

  get minimum() {
    return this.books.carried.all.copy?.minimum_points ?? 1;
  }

  get records() {
    return this.books.carried.all.records;
  }

  get today() {
    return this.books.carried.today;
  }

  get till() {
    return this.books.carried.all.till;
  }

  goods() {
    return this.books.carried.shelf();
  }

  watch(changed, idle) {
    this.changed = changed;
    followUpdates(this.kept, idle);
    this.contact.start();
    setInterval(() => this.#draw(), 5_000);
  }

  /** Have the newest copy, where there is a network; what is here is shown in any case. */
  async refresh() {
    try {
      await this.contact.touch();
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    }
    await this.books.load();
    return true;
  }

  find(scan) {
    return this.books.find(scan, this.words);
  }

  async redeem(sent, vouchers) {
    const answer = await this.books.redeem(sent, vouchers, this.words);
    await this.#changed();
    return answer;
  }

  /** Whether a redemption has happened, whatever still lies in a basket. @param {string} key */
  has(key) {
    return (this.books.carried.record(key)?.state ?? "asked") !== "asked";
  }

  get unseen() {
    return this.books.unseen;
  }

  async saw(key) {
    await this.books.saw(key);
    await this.books.load();
  }

  async undo(key, reason) {
    const answer = await this.books.undo(key, reason, this.words);
    await this.#changed();
    return answer;
  }

  /** Let the clerk go: what waits is sent and the lease given back with the next word to the books, which is now. */
  async #signOut() {
    if (!window.confirm(this.words.sign_out_ask)) return;
    try {
      await ask("/api/v1/sign-out", { body: "{}" });
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    }
    this.contact.soon();
  }

  /** The ways to what only the server has. @returns {HTMLAnchorElement[]} */
  get #ways() {
    return [...document.querySelectorAll("#till-ways a")].map((way) => /** @type {HTMLAnchorElement} */ (way));
  }

  /** The key of what lies in the basket: it asks for itself. */
  #underWay() {
    return JSON.parse(localStorage.getItem(`till:${this.place}`) ?? "{}").key ?? "";
  }

  async #changed() {
    await this.books.load();
    this.#draw();
    this.changed();
  }

  #draw() {
    const { all, clock, ready, waiting } = this.books.carried;
    const standing = { online: this.contact.online, sending: this.contact.sending, waiting: waiting.length, ready };
    const signedOut = this.contact.said?.signed_out ?? false;
    drawStatus({ ...standing, lease: all.lease, offset: clock.offset, signedOut }, this.words);
    document.getElementById("to-sign-in").hidden = !signedOut || !this.contact.online;
    for (const way of this.#ways) way.hidden = !this.contact.online;
    document.getElementById("sign-out").hidden = !this.contact.online || !this.contact.said?.clerk_id;
    const old = waiting.length > 0 && instant(clock).getTime() - Date.parse(waiting[0].at) > A_DAY_MS;
    document.getElementById("save-records").hidden = !waiting.length || (this.persisted && !old);
  }
}

/** Of all pages of one till only one may write: wait here until the other is closed, and say so. */
function alone(words) {
  if (!navigator.locks) return Promise.resolve();
  /** @type {Promise<void>} */
  const onlyOne = new Promise((resolve) => {
    const hold = () => new Promise(() => resolve());
    navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
      if (lock) return hold();
      door.close(words.other_page);
      navigator.locks.request(LOCK, () => {
        door.open();
        return hold();
      });
      return undefined;
    });
  });
  return onlyOne;
}
