// A till's page: open what the device keeps, or become a till first; then stay in touch with the books.
import { ask, NoAnswer } from "./ask.js";
import { newKey } from "./basket.js";
import { instant } from "./clock.js";
import { Contact } from "./contact.js";
import { Line } from "./line.js";
import { canSign, makeKeys, publicKey } from "./signing.js";
import { drawStatus } from "./status.js";
import { fact, keep, openStore } from "./store.js";
import { TillBooks } from "./till-books.js";
import { followUpdates, keepPage } from "./update.js";

const JOIN = /^#join=(\d{12})\.([A-Z2-7]+)$/;
const LOCK = "love-market-till";
const A_DAY_MS = 86_400_000;

/** Return the till's books, once this device is one and this page is the only one of it that writes. */
export async function openTill(root) {
  const words = JSON.parse(root.dataset.words);
  const kept = keepPage(root.dataset.worker);
  if (!canSign()) return stop(words.no_keys);
  const store = await openStore();
  if (!store) return stop(words.no_store);
  const invited = JOIN.exec(location.hash);
  if (invited) await join(store, invited[1], invited[2], words);
  const till = await fact(store, "till");
  if (!till) return stop(words.not_enrolled, { href: root.dataset.signIn, label: words.to_desk });
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
    const old = waiting.length > 0 && instant(clock).getTime() - Date.parse(waiting[0].at) > A_DAY_MS;
    document.getElementById("save-records").hidden = !waiting.length || (this.persisted && !old);
  }
}

/** Become a till by a one-time code, and forget the code. */
async function join(store, village, code, words) {
  history.replaceState(null, "", location.pathname);
  const pressed = await pressJoin(words);
  if (!pressed) return;
  const keys = await makeKeys();
  const asked = { code, till_id: newKey(), public_key: await publicKey(keys) };
  const answer = await ask(`/api/v1/v/${village}/tills`, { body: JSON.stringify(asked) }).catch(() => null);
  if (!answer?.ok) {
    await stop(answer?.data.detail ?? words.join_no_answer);
    return;
  }
  const { till_id: id, name, village_code, village_name, market_id, market_name } = answer.data;
  await keep(store, { till: { id, name, village_code, village_name, market_id, market_name }, keys, request: 0 });
}

function pressJoin(words) {
  const door = document.getElementById("door");
  door.hidden = false;
  document.getElementById("door-words").textContent = words.join_ask;
  const button = document.getElementById("door-act");
  button.hidden = false;
  button.textContent = words.join;
  document.body.classList.add("is-closed");
  return new Promise((resolve) => {
    button.addEventListener(
      "click",
      () => {
        door.hidden = true;
        button.hidden = true;
        document.body.classList.remove("is-closed");
        resolve(true);
      },
      { once: true },
    );
  });
}

/** Of all pages of one till only one may write: wait here until the other is closed, and say so. */
function alone(words) {
  if (!navigator.locks) return Promise.resolve();
  /** @type {Promise<void>} */
  const onlyOne = new Promise((resolve) => {
    const hold = () => new Promise(() => resolve());
    navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
      if (lock) return hold();
      closed(words.other_page);
      navigator.locks.request(LOCK, () => {
        document.body.classList.remove("is-closed");
        document.getElementById("door").hidden = true;
        return hold();
      });
      return undefined;
    });
  });
  return onlyOne;
}

function closed(sentence, way = null) {
  document.getElementById("door").hidden = false;
  document.getElementById("door-words").textContent = sentence;
  const link = /** @type {HTMLAnchorElement} */ (document.getElementById("door-way"));
  link.hidden = !way;
  if (way) Object.assign(link, { href: way.href, textContent: way.label });
  document.body.classList.add("is-closed");
}

/** Say why this page goes no further. */
function stop(sentence, way = null) {
  closed(sentence, way);
  return new Promise(() => {});
}

