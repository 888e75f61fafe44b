// The till's line to the books: requests one after the other, each signed, with a number of its own.
import { ask } from "./ask.js";
import { proof } from "./signing.js";
import { nextRequest } from "./store.js";

// A device whose memory was put back to an older day would begin with numbers that were used: it skips ahead.
const SKIP = 1000;

export class Line {
  /** @param {any} store @param {import("./store.js").Till} till @param {CryptoKeyPair} keys */
  constructor(store, till, keys) {
    this.store = store;
    this.till = till;
    this.keys = keys;
    this.last = Promise.resolve();
  }

  /** Ask one thing of the village's API, when what was asked before is answered; see `ask` for what it returns. */
  ask(what, sent, wait) {
    const asked = this.last.then(() => this.#askNow(what, sent, wait));
    this.last = asked.then(
      () => {},
      () => {},
    );
    return asked;
  }

  /** Look something up. It is signed, so that whatever was asked before and has not arrived comes too late. */
  look(what) {
    const looked = this.last.then(async () => {
      const path = `/api/v1/v/${this.till.village_code}/${what}`;
      const number = await nextRequest(this.store);
      return ask(path, { headers: { Till: await proof(this.keys, this.till.id, number, "GET", path, "") } });
    });
    this.last = looked.then(
      () => {},
      () => {},
    );
    return looked;
  }

  async #askNow(what, sent, wait) {
    const path = `/api/v1/v/${this.till.village_code}/${what}`;
    const body = JSON.stringify(sent);
    for (const skip of [1, SKIP]) {
      const number = await nextRequest(this.store, skip);
      const headers = { Till: await proof(this.keys, this.till.id, number, "POST", path, body) };
      const answer = await ask(path, { body, headers, wait });
      if (answer.data.error !== "RequestUsed") return answer;
    }
    return ask(path, { body, wait });
  }
}
