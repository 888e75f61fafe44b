// What is typed and not in the books yet, kept in this browser, a cell under a key: a reload, a closed window or a power
// cut loses none of it. web/sign-out.js asks and clears it.

/**
 * @typedef {{household: string, rule: string, text: string, seen: number | null, at: number}} KeptCell `seen` is what
 *   stood typed in the cell when it was typed over, `at` when that was, in milliseconds
 */

export class Kept {
  /** @param {string} whose the market, the village, the quarter and the user: no other is offered it */
  constructor(whose) {
    this.start = `unsent:scores:${whose}:`;
    this.before = this.read();
  }

  name({ household, rule }) {
    return `${this.start}${household} ${rule}`;
  }

  keep(cell, seen) {
    const { household, rule, text } = cell;
    try {
      localStorage.setItem(this.name(cell), JSON.stringify({ household, rule, text, seen, at: Date.now() }));
    } catch {
      // A browser that forbids storage keeps it while the page is open.
    }
  }

  /** Forget a cell, unless something else was typed in it since. */
  drop(cell) {
    if (this.of(this.name(cell))?.text === cell.text) localStorage.removeItem(this.name(cell));
  }

  of(name) {
    try {
      return JSON.parse(localStorage.getItem(name) ?? "null");
    } catch {
      return null;
    }
  }

  /** @returns {KeptCell[]} */
  read() {
    try {
      const names = Object.keys(localStorage).filter((name) => name.startsWith(this.start));
      return names.map((name) => this.of(name)).filter(Boolean).sort((one, other) => one.at - other.at);
    } catch {
      return [];
    }
  }

  /** What an earlier page left behind, as far as nothing was typed over it since. @returns {KeptCell[]} */
  left() {
    return this.before.filter((cell) => this.of(this.name(cell))?.at === cell.at);
  }
}
