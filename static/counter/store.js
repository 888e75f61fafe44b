// What this device keeps: who it is, its copy of the books, and what it has not sent yet. Survives a power cut.
import { openDB } from "../vendor/idb.js";
import { floor, seen } from "./clock.js";

const NAME = "love-market-till";
const VERSION = 1;
// Told written only once it is on the disk.
const STRICT = { durability: "strict" };

/**
 * @typedef {{id: string, name: string, village_code: string, village_name: string, market_id: string,
 *   market_name: string}} Till what the device is, since it was enrolled
 * @typedef {{version: string, number: number, head_hash: string, at: string, term: number, village_name: string,
 *   market_name: string, minimum_points: number, offline_new_points: number, public_keys: string[],
 *   form?: number, proxy_daily_households?: number, proxies_on?: string,
 *   proxies?: {name: string, household_id: string}[]}} CopyHead one that an older page kept has no form
 * @typedef {{held: boolean, term: number, ends: number, wanted: boolean, holder_name: string,
 *   ends_at: string | null}} Lease `ends` is by this device's clock, in milliseconds
 * @typedef {{offset: number, latest: number}} Clock how far the books' clock is ahead of this one, and the latest time
 *   that this one ever showed, in milliseconds
 * @typedef {{number: number, key: string, kind: "redeem" | "undo", at: string, body: string, signature: string,
 *   state: "asked" | "done" | "sent", entry_number: number | null, outcome: string, reasons: string[],
 *   slip: any, seen: boolean, undoing?: {key: string, reason: string}}} Kept a record and what became of it: `asked`
 *   may not have happened, `done` has and waits to be sent; `seen`: the clerk has read its slip and gone on; `undoing`
 *   is what the books were asked to take it back by
 */

/** Open what this device keeps; null where the browser keeps nothing. */
export async function openStore() {
  try {
    return await openDB(NAME, VERSION, {
      upgrade(made) {
        made.createObjectStore("facts");
        made.createObjectStore("vouchers", { keyPath: "id" });
        made.createObjectStore("goods", { keyPath: "id" });
        made.createObjectStore("records", { keyPath: "number" });
      },
      blocking(_current, _blocked, event) {
        /** @type {any} */ (event.target).close();
      },
    });
  } catch {
    return null;
  }
}

/** Return whether this device is a till of a village, and may redeem: it makes no store to find out. */
export async function isTillOf(village) {
  try {
    const kept = await indexedDB.databases();
    if (!kept.some(({ name }) => name === NAME)) return false;
  } catch {
    return false; // a browser that cannot say keeps the page that it asked for
  }
  const store = await openStore();
  if (!store) return false;
  const [till, lease] = [await fact(store, "till"), await fact(store, "lease")];
  store.close();
  return till?.village_code === village && !lease?.cut_off;
}

/** Return one of the facts: `till`, `keys`, `copy`, `lease`, `clock`, `clerk`, `request`, `last_number`. */
export function fact(store, name) {
  return store.get("facts", name);
}

/** Write facts, all or none, and wait until they are on the disk. */
export async function keep(store, facts) {
  const change = store.transaction("facts", "readwrite", STRICT);
  for (const [name, value] of Object.entries(facts)) change.store.put(value, name);
  await change.done;
}

/** Begin as another till: nothing of what was kept before is left. */
export async function beginAnew(store, facts) {
  const change = store.transaction(["facts", "vouchers", "goods", "records"], "readwrite", STRICT);
  for (const name of ["facts", "vouchers", "goods", "records"]) change.objectStore(name).clear();
  for (const [name, value] of Object.entries(facts)) change.objectStore("facts").put(value, name);
  await change.done;
}

/** Take the next number of a request: none is ever used twice, whatever happens in between. */
export async function nextRequest(store, skip = 1) {
  const change = store.transaction("facts", "readwrite", STRICT);
  const number = ((await change.store.get("request")) ?? 0) + skip;
  change.store.put(number, "request");
  await change.done;
  return number;
}

/** Write a new record, and wait until it is on the disk. */
export async function addRecord(store, record) {
  const change = store.transaction("records", "readwrite", STRICT);
  change.store.add(record);
  await change.done;
}

/**
 * Write what became of a record beside what is known of it, and wait until that is on the disk.
 * @param {any} store @param {number} number @param {Partial<Kept>} told
 */
export async function amendRecord(store, number, told) {
  const change = store.transaction("records", "readwrite", STRICT);
  const record = await change.store.get(number);
  if (record) change.store.put({ ...record, ...told });
  await change.done;
}

/**
 * Write that a redemption has happened, if this till may still say so at that very moment: it holds the lease that it
 * was decided under, its time is not over, and its copy is the one that it was decided by. Returns whether it did.
 */
export async function keepDone(store, record, { lease: { term }, copy: { version } }) {
  const change = store.transaction(["facts", "records"], "readwrite", STRICT);
  const facts = change.objectStore("facts");
  const [lease, copy, clock] = await Promise.all(["lease", "copy", "clock"].map((name) => facts.get(name)));
  const holds = lease.held && !lease.cut_off && lease.term === term && copy.version === version;
  const may = holds && floor(clock) <= Date.now() && Date.now() < lease.ends;
  if (may) {
    change.objectStore("records").put(record);
    facts.put(seen(clock), "clock");
  }
  await change.done;
  return may;
}

/** Write that a redemption which the books have not got was taken back: on its own record, and as one to be sent. */
export async function keepUndone(store, number, undoing) {
  const change = store.transaction("records", "readwrite", STRICT);
  const record = await change.store.get(number);
  change.store.put({ ...record, slip: undoing.slip });
  change.store.add(undoing);
  await change.done;
}

/** Let go of the lease, if everything that happened here is in the books. Returns whether it did. */
export async function letGo(store) {
  const change = store.transaction(["facts", "records"], "readwrite", STRICT);
  const facts = change.objectStore("facts");
  const [lease, records] = await Promise.all([facts.get("lease"), change.objectStore("records").getAll()]);
  const clear = records.every(({ state, kind, outcome }) => state === "sent" && (kind === "undo" || outcome !== "refused"));
  if (clear) facts.put({ ...lease, held: false }, "lease");
  await change.done;
  return clear;
}

/** Forget a record that did not happen: its number is free again. */
export async function dropRecord(store, number) {
  const change = store.transaction("records", "readwrite", STRICT);
  change.store.delete(number);
  await change.done;
}

/** Take over a copy of the books: the whole of it in place of the old one, or what changed. */
export async function keepCopy(store, { vouchers, goods, whole, ...head }) {
  const change = store.transaction(["facts", "vouchers", "goods"], "readwrite", STRICT);
  const kept = { vouchers: change.objectStore("vouchers"), goods: change.objectStore("goods") };
  if (whole) {
    kept.vouchers.clear();
    kept.goods.clear();
  }
  const first = whole ? 0 : await kept.goods.count();
  for (const voucher of vouchers) kept.vouchers.put(voucher);
  for (const [index, good] of goods.entries()) {
    const before = whole ? undefined : await kept.goods.get(good.id);
    kept.goods.put({ ...good, place: before?.place ?? first + index });
  }
  change.objectStore("facts").put(head, "copy");
  await change.done;
}

/** Read everything that is needed to redeem, at one moment. */
export async function readAll(store) {
  const view = store.transaction(["facts", "vouchers", "goods", "records"]);
  const facts = view.objectStore("facts");
  const [till, keys, copy, lease, clock, clerk, last, vouchers, goods, records] = await Promise.all([
    facts.get("till"),
    facts.get("keys"),
    facts.get("copy"),
    facts.get("lease"),
    facts.get("clock"),
    facts.get("clerk"),
    facts.get("last_number"),
    view.objectStore("vouchers").getAll(),
    view.objectStore("goods").getAll(),
    view.objectStore("records").getAll(),
  ]);
  goods.sort((one, other) => one.place - other.place);
  return { till, keys, copy, lease, clock, clerk, lastNumber: last ?? 0, vouchers, goods, /** @type {Kept[]} */ records };
}

/**
 * Forget what the copy contains and was made before: receipts of today stay. A number that the books have not told of
 * stays too, so that none is given twice.
 * @param {any} store @param {string} before an instant
 */
export async function forgetSent(store, before) {
  const change = store.transaction(["facts", "records"], "readwrite");
  const facts = change.objectStore("facts");
  const [copy, last] = await Promise.all([facts.get("copy"), facts.get("last_number")]);
  for await (const at of change.objectStore("records")) {
    const { number, state, entry_number: entry, at: made } = at.value;
    if (state === "sent" && entry !== null && entry <= copy?.number && number <= last && made < before) at.delete();
  }
  await change.done;
}
