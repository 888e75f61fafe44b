// Redeeming for somebody else (替别人换): who brings the vouchers, and their signature. Nobody has to open this.
import { Signature } from "../web/signature.js";
import { fill } from "./words.js";

const LONGEST_NAME = 40;

/** @typedef {{name: string, relation: string, signature: string | null}} Proxy signed on paper where there is no path */

function element(id) {
  return document.getElementById(id);
}

/** Return a name as names are compared: of one width, without blanks. @param {string} name */
function plainName(name) {
  return name.normalize("NFKC").replace(/\s+/g, "").slice(0, LONGEST_NAME);
}

/** Return a proxy in words: 代办：王某，邻居. @param {{name: string, relation: string}} proxy */
export function saidOf(proxy, words) {
  return fill(words.proxy, { name: proxy.name, relation: words[`relation_${proxy.relation}`] ?? "" });
}

export class ProxySheet {
  /** @param {import("./basket.js").Basket} basket @param {Record<string, string>} words @param {() => void} draw */
  constructor(basket, words, draw) {
    this.basket = basket;
    this.words = words;
    this.draw = draw;
    this.sheet = /** @type {HTMLDialogElement} */ (element("proxy-sheet"));
    this.form = /** @type {HTMLFormElement} */ (element("proxy-form"));
    this.wrong = element("proxy-wrong");
    this.paper = /** @type {HTMLInputElement} */ (element("proxy-paper"));
    this.pad = new Signature(/** @type {HTMLCanvasElement} */ (element("proxy-signature")), () => this.#signed());
    element("proxy-open").addEventListener("click", () => this.#open());
    element("proxy-erase").addEventListener("click", () => this.pad.show());
    element("proxy-back").addEventListener("click", () => this.sheet.close());
    element("proxy-none").addEventListener("click", () => this.#take(null));
    this.sheet.addEventListener("close", () => this.draw());
    this.form.addEventListener("submit", (event) => this.#submit(event));
  }

  /** Show who brings the vouchers, where somebody else does, and the way to say so. @param {boolean} may */
  show(may) {
    const { proxy } = this.basket;
    element("proxy-line").hidden = !may;
    element("proxy-said").textContent = proxy ? saidOf(proxy, this.words) : "";
    element("proxy-open").textContent = proxy ? this.words.proxy_change : this.words.proxy_open;
  }

  #open() {
    const { proxy } = this.basket;
    this.form.reset();
    this.wrong.hidden = true;
    element("proxy-none").hidden = proxy === null;
    if (proxy) {
      field(this.form, "name").value = proxy.name;
      field(this.form, "relation").value = proxy.relation;
    }
    this.sheet.showModal();
    this.pad.show(proxy?.signature ?? "");
    this.paper.checked = proxy !== null && proxy.signature === null;
    field(this.form, "name").focus();
  }

  /** What is signed on the screen needs no paper. */
  #signed() {
    const drawn = this.pad.strokes.length > 0;
    element("proxy-erase").hidden = !drawn;
    if (drawn) this.paper.checked = false;
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    const name = plainName(field(this.form, "name").value);
    const relation = field(this.form, "relation").value;
    const signature = this.paper.checked ? "" : this.pad.path;
    const wrong = !name ? "proxy_no_name" : !relation ? "proxy_no_relation" : signature || this.paper.checked ? "" : "proxy_unsigned";
    this.wrong.textContent = wrong ? this.words[wrong] : "";
    this.wrong.hidden = !wrong;
    if (!wrong) this.#take({ name, relation, signature: signature || null });
    else if (!name) field(this.form, "name").focus();
  }

  /** @param {Proxy | null} proxy */
  #take(proxy) {
    this.basket.bringBy(proxy);
    this.sheet.close();
  }
}

/** @param {HTMLFormElement} form @param {string} name */
function field(form, name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
}
