// The books as a browser asks for them that is no till: everything from the server, nothing without a network.
import { ask } from "./ask.js";

export class OnlineBooks {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.place = root.dataset.place;
    this.minimum = Number(root.dataset.minimum);
    this.keeps = "session";
    this.offline = false;
    this.shelf = JSON.parse(root.dataset.goods);
  }

  goods() {
    return this.shelf;
  }

  /** Tell the page whenever something changes that it shows. */
  watch(_changed, _idle) {
    const draw = () => (document.getElementById("offline").hidden = navigator.onLine);
    for (const kind of ["online", "offline"]) addEventListener(kind, draw);
    draw();
  }

  /** Ask for the goods anew. Raises NoAnswer. */
  async refresh() {
    const answer = await this.#ask("goods");
    if (answer.ok) this.shelf = answer.data.goods;
    return answer.ok;
  }

  /** Say whose voucher a scan is. Raises NoAnswer. */
  async find(scan) {
    const answer = await this.#ask("scan", { scan });
    return answer.ok ? { ok: true, voucher: answer.data.voucher } : refusal(answer);
  }

  /** Redeem a basket, once for its key. Raises NoAnswer. */
  async redeem(sent, _scans) {
    const answer = await this.#ask("redemptions", sent);
    return answer.ok ? { ok: true, page: answer.data.page } : refusal(answer);
  }

  #ask(what, sent) {
    return ask(this.root.dataset.api + what, sent === undefined ? {} : { body: JSON.stringify(sent) });
  }
}

function refusal({ data }) {
  return { ok: false, error: data.error, detail: data.detail, online: data.online ?? false };
}
