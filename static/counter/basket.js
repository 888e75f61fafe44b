// What lies in the basket and which vouchers pay for it. Kept on this device until the books have answered.

/** Return a random UUID (version 4); crypto.randomUUID is missing where a shop's page is not on https. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export class Basket {
  /**
   * @param {string} place the village or the till, so that two shops in one browser keep apart
   * @param {"session" | "local"} keeps how long: as the page is open, or for a till's also when the browser is killed
   */
  constructor(place, keeps = "session") {
    this.name = `till:${place}`;
    this.kept = keeps;
    this.start();
    this.load();
  }

  get #store() {
    return this.kept === "local" ? localStorage : sessionStorage;
  }

  /** Begin anew with a new key. */
  start() {
    this.key = newKey();
    this.vouchers = [];
    this.lines = new Map();
    this.sent = null;
    /** @type {import("./proxy.js").Proxy | null} who brings the vouchers, where it is somebody else */
    this.proxy = null;
  }

  get pieces() {
    return [...this.lines.values()].reduce((sum, line) => sum + line.quantity, 0);
  }

  get total() {
    return [...this.lines.values()].reduce((sum, line) => sum + line.quantity * line.points, 0);
  }

  get budget() {
    return this.vouchers.reduce((sum, voucher) => sum + voucher.balance_points, 0);
  }

  count(goodId) {
    return this.lines.get(goodId)?.quantity ?? 0;
  }

  /** Put so many of a good in the basket, at the price that is shown; none takes it out. */
  put(good, quantity) {
    if (quantity > 0) this.lines.set(good.id, { quantity, points: good.points_price, name: good.name });
    else this.lines.delete(good.id);
    this.save();
  }

  has(voucherId) {
    return this.vouchers.some((voucher) => voucher.id === voucherId);
  }

  /** Add a voucher, or take what is now known of one that is here. `scan` is how to ask for it again. */
  addVoucher(face, scan) {
    const voucher = { ...face, scan };
    const at = this.vouchers.findIndex((each) => each.id === face.id);
    if (at < 0) this.vouchers.push(voucher);
    else this.vouchers[at] = voucher;
    this.save();
  }

  dropVoucher(voucherId) {
    this.vouchers = this.vouchers.filter((voucher) => voucher.id !== voucherId);
    if (!this.vouchers.length) this.proxy = null;
    this.save();
  }

  dropVouchers() {
    this.vouchers = [];
    this.proxy = null;
    this.save();
  }

  /** Say who brings the vouchers; null: whose they are. @param {import("./proxy.js").Proxy | null} proxy */
  bringBy(proxy) {
    this.proxy = proxy;
    this.save();
  }

  /** Say that this is being asked of the books, and return it; until they answer nothing in it may change. */
  send() {
    this.sent ??= {
      key: this.key,
      voucher_ids: this.vouchers.map((voucher) => voucher.id),
      basket: [...this.lines].map(([id, line]) => ({ good_id: id, quantity: line.quantity, points_each: line.points })),
      ...(this.proxy ? { proxy: this.proxy } : {}),
    };
    this.save();
    return this.sent;
  }

  /**
   * The books refused: nothing was booked, and the basket may change. The key stays, so that a late twin of what was
   * sent can never be booked beside what is sent next.
   */
  refused() {
    this.sent = null;
    this.save();
  }

  /** The books have it: forget it. */
  done() {
    this.start();
    try {
      this.#store.removeItem(this.name);
    } catch {
      // Nothing was kept.
    }
  }

  save() {
    const kept = { key: this.key, vouchers: this.vouchers, lines: [...this.lines], sent: this.sent, proxy: this.proxy };
    try {
      this.#store.setItem(this.name, JSON.stringify(kept));
    } catch {
      // A browser that forbids storage still has the basket while the page is open.
    }
  }

  load() {
    try {
      const kept = JSON.parse(this.#store.getItem(this.name) ?? "null");
      if (!kept) return;
      this.key = kept.key;
      this.vouchers = kept.vouchers;
      this.lines = new Map(kept.lines);
      this.sent = kept.sent;
      this.proxy = kept.proxy ?? null;
    } catch {
      // What cannot be read is not a basket.
    }
  }
}
