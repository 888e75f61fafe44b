// What others enter meanwhile: asked every few seconds while the page is looked at, one small question without waiting.
const EVERY_MS = 4000;
const MOST_MS = 60000;

export class Watch {
  // told(answer): what the server says of changes since the revision that the page has.
  constructor(url, since, told) {
    this.url = url;
    this.since = since;
    this.told = told;
    this.failures = 0;
    this.timer = null;
    document.addEventListener("visibilitychange", () => this.soon(0));
    window.addEventListener("online", () => this.soon(0));
    this.soon(EVERY_MS);
  }

  soon(ms) {
    clearTimeout(this.timer);
    if (document.visibilityState === "visible") this.timer = setTimeout(() => this.ask(), ms);
  }

  async ask() {
    clearTimeout(this.timer);
    try {
      const response = await fetch(`${this.url}?since=${this.since()}`, { headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(`${response.status}`);
      this.told(await response.json());
      this.failures = 0;
    } catch {
      this.failures += 1;
    }
    this.soon(Math.min(MOST_MS, EVERY_MS * 2 ** this.failures));
  }
}
