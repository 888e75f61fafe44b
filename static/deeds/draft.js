// What was filled in and has not been sent: kept on this phone, so that a reload or a lost network loses nothing.
import { openDB } from "../vendor/idb.js";

const NAME = "love-market-deeds";
const STORE = "drafts";

/**
 * @typedef {{key: string, sent: boolean, household: string, member: string, code: string, day: string, times: string,
 *   words: string}} Fields `code` is the rule's; `sent`: it may have arrived, though nobody said so
 * @typedef {{fields?: Fields, photos?: File[], sound?: Blob | null}} Draft
 */

/** Open the draft of one form of one person; one that keeps nothing where the browser does not. */
export function openDraft(/** @type {string} */ whose) {
  const store = openDB(NAME, 1, { upgrade: (made) => void made.createObjectStore(STORE) }).catch(() => null);
  const all = IDBKeyRange.bound(`${whose} `, `${whose} ~`);
  let last = Promise.resolve();
  const then = (act) => {
    last = last.then(async () => {
      const open = await store;
      if (open) await act(open);
    }).catch(() => {});
    return last;
  };
  return {
    /** Keep one part of it: `fields`, `photos` or `sound`. */
    keep: (/** @type {keyof Draft} */ part, value) => then((open) => open.put(STORE, value, `${whose} ${part}`)),
    /** Forget it. */
    drop: () => then((open) => open.delete(STORE, all)),
    /** @returns {Promise<Draft>} */
    async read() {
      const read = {};
      await then(async (open) => {
        for (const part of ["fields", "photos", "sound"]) read[part] = await open.get(STORE, `${whose} ${part}`);
      });
      return read;
    },
  };
}
