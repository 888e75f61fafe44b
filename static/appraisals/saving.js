// Saving as one goes: cells wait a moment, go in batches under a key, and are sent again until the server has them.
const PAUSE_MS = 350;
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
  // hooks: saved(answer, cells), refusedAll(cells, why), state(name, detail)
  constructor(urls, hooks) {
    this.urls = urls;
    this.hooks = hooks;
    this.waiting = new Map();
    this.batch = null;
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
    return { key: crypto.randomUUID(), source: first.source, cells };
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
    const { key, source, cells } = this.batch;
    this.hooks.state("saving");
    try {
      const body = { key, source, cells: cells.map(({ household, rule, text }) => [household, rule, text]) };
      const { ok, answer } = await post(this.urls.save, body);
      this.batch = null;
      this.failures = 0;
      if (ok) this.hooks.saved(answer, cells.filter((cell) => !this.isWaiting(cell)));
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
    try {
      return await post(this.urls.undo, { key: crypto.randomUUID() });
    } catch {
      this.hooks.state("waiting", this.pending);
      return null;
    }
  }
}
