// Saving as one goes: cells go in batches under a key, the first at once, those typed while it is on its way after it,
// and are sent again until the server has them. Each says what was seen in it, so that nobody is overwritten unseen.
import { newKey } from "./key.js";

const PAUSE_MS = 30;
const RETRY_MS = [1500, 3000, 6000, 12000, 30000];
const MOST_CELLS = 3000;

function csrf() {
  return document.querySelector('meta[name="csrf-token"]').content;
}

async function post(url, body) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf() },
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (response.status >= 500) throw new Error(`${response.status}`);
  return { ok: response.ok, answer };
}

export class Saver {
  // hooks: saved(answer, cells), refusedAll(cells, why), state(name, detail), seen(cell), since()
  constructor(urls, hooks) {
    this.urls = urls;
    this.hooks = hooks;
    this.waiting = new Map();
    this.batch = null;
    this.undoKey = null;
    this.failures = 0;
    this.timer = null;
    window.addEventListener("online", () => this.soon(0));
  }

  get pending() {
    return this.waiting.size + (this.batch ? this.batch.cells.length : 0);
  }

  put(household, rule, text, source) {
    this.waiting.set(`${household} ${rule}`, { household, rule, text, source });
    if (!this.batch) this.soon(PAUSE_MS);
  }

  soon(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), ms);
  }

  // Cells that wait, as a batch with its own key: sent again after a lost answer, it is saved once.
  take() {
    const first = this.waiting.values().next().value;
    const cells = [...this.waiting.values()].filter((cell) => cell.source === first.source).slice(0, MOST_CELLS);
    cells.forEach(({ household, rule }) => this.waiting.delete(`${household} ${rule}`));
    const told = cells.map((cell) => [cell.household, cell.rule, cell.text, this.hooks.seen(cell)]);
    return { cells, body: { key: newKey(), source: first.source, cells: told } };
  }

  async send() {
    if (this.sending) return this.sending;
    this.sending = this.sendOne().finally(() => {
      this.sending = null;
    });
    return this.sending;
  }

  async sendOne() {
    clearTimeout(this.timer);
    if (!this.batch && !this.waiting.size) return;
    this.batch ??= this.take();
    const { cells, body } = this.batch;
    this.hooks.state("saving");
    try {
      const { ok, answer } = await post(this.urls.save, { ...body, since: this.hooks.since() });
      this.batch = null;
      this.failures = 0;
      if (ok) this.hooks.saved(answer, cells);
      else this.hooks.refusedAll(cells, answer.detail || "");
    } catch {
      this.hooks.state("waiting", this.pending);
      this.soon(RETRY_MS[Math.min(this.failures++, RETRY_MS.length - 1)]);
      return;
    }
    if (this.waiting.size) this.soon(0);
  }

  isWaiting({ household, rule }) {
    return this.waiting.has(`${household} ${rule}`);
  }

  // Wait until nothing is on its way; false where something could not be sent.
  async flush() {
    while (this.pending) {
      const before = this.failures;
      await this.send();
      if (this.failures > before) return false;
    }
    return true;
  }

  async undo() {
    if (!(await this.flush())) return null;
    this.undoKey ??= newKey(); // kept until it is answered: a lost answer does not undo two
    try {
      const result = await post(this.urls.undo, { key: this.undoKey, since: this.hooks.since() });
      this.undoKey = null;
      return result;
    } catch {
      this.hooks.state("waiting", this.pending);
      return null;
    }
  }
}
