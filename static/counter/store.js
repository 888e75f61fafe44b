// What this device keeps: who it is, its copy of the books, and what it has not sent yet. Survives a power cut.
import { openDB } from "../vendor/idb.js";

const NAME = "love-market-till";
const VERSION = 1;
// Told written only once it is on the disk.
const STRICT = { durability: "strict" };

/**
 * @typedef {{id: string, name: string, village_code: string, village_name: string, market_id: string,
 *   market_name: string}} Till what the device is, since it was enrolled
 * @typedef {{version: string, number: number, head_hash: string, at: string, term: number, village_name: string,
 *   market_name: string, minimum_points: number, offline_new_points: number, public_keys: string[]}} CopyHead
 * @typedef {{held: boolean, term: number, ends: number, wanted: boolean, holder_name: string,
 *   ends_at: string | null}} Lease `ends` is by this device's clock, in milliseconds
 * @typedef {{offset: number, latest: number}} Clock how far the books' clock is ahead of this one, and the latest time
 *   that this one ever showed, in milliseconds
 * @typedef {{number: number, key: string, kind: "redeem" | "undo", at: string, body: string, signature: string,
 *   state: "asked" | "done" | "sent", entry_number: number | null, outcome: string, reasons: string[],
 *   slip: any}} Kept a record and what became of it: `asked` may not have happened, `done` has and waits to be sent
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

/** Return one of the facts: `till`, `keys`, `copy`, `lease`, `clock`, `clerk`, `request`. */
export function fact(store, name) {
  return store.get("facts", name);
}

/** Write facts, all or none, and wait until they are on the disk. */
export async function keep(store, facts) {
  const change = store.transaction("facts", "readwrite", STRICT);
  for (const [name, value] of Object.entries(facts)) change.store.put(value, name);
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

/** Write a record, new or with what became of it, and wait until it is on the disk. */
export async function keepRecord(store, record) {
  const change = store.transaction("records", "readwrite", STRICT);
  change.store.put(record);
  await change.done;
}

/**
 * Write that a redemption has happened, if this till may still say so at that very moment: it holds the lease of this
 * term, its copy is of it, and its time is not over. Returns whether it did.
 */
export async function keepDone(store, record, term) {
  const change = store.transaction(["facts", "records"], "readwrite", STRICT);
  const facts = change.objectStore("facts");
  const [lease, copy] = await Promise.all([facts.get("lease"), facts.get("copy")]);
  const may = lease?.held && !lease.cut_off && lease.term === term && copy?.term === term && Date.now() < lease.ends;
  if (may) change.objectStore("records").put(record);
  await change.done;
  return Boolean(may);
}

/** Let go of the lease, if everything that happened here is in the books. Returns whether it did. */
export async function letGo(store) {
  const change = store.transaction(["facts", "records"], "readwrite", STRICT);
  const facts = change.objectStore("facts");
  const [lease, records] = await Promise.all([facts.get("lease"), change.objectStore("records").getAll()]);
  const clear = records.every((one) => one.state === "sent" && one.outcome !== "refused");
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
  const [till, keys, copy, lease, clock, clerk, vouchers, goods, records] = await Promise.all([
    facts.get("till"),
    facts.get("keys"),
    facts.get("copy"),
    facts.get("lease"),
    facts.get("clock"),
    facts.get("clerk"),
    view.objectStore("vouchers").getAll(),
    view.objectStore("goods").getAll(),
    view.objectStore("records").getAll(),
  ]);
  goods.sort((one, other) => one.place - other.place);
  return { till, keys, copy, lease, clock, clerk, vouchers, goods, records };
}

/** Forget records that the copy contains and that are older than a day: receipts of today stay. */
export async function forgetSent(store, copyNumber, before) {
  const change = store.transaction("records", "readwrite");
  for await (const at of change.store) {
    const { state, entry_number: entry, at: made } = at.value;
    if (state === "sent" && entry !== null && entry <= copyNumber && made < before) at.delete();
  }
  await change.done;
}
