// What the page shows of the sheet: cells, totals, counters, and the bar above the grid.
import { shown } from "./sheet.js";

export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
}

function piece(tag, text, kind = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (kind) element.className = kind;
  return element;
}

// The way from a refused cell to where it is done instead.
export function wayOn(cell, words) {
  if (!cell.refused || !cell.way) return [];
  return [Object.assign(piece("a", words.record, "link"), { href: cell.way })];
}

export class Painter {
  constructor(sheet, words, deedsUrl) {
    this.sheet = sheet;
    this.words = words;
    this.deedsUrl = deedsUrl;
    this.bar = document.querySelector("#bar");
    this.what = this.bar.querySelector("[data-bar-what]");
    this.hint = this.bar.querySelector("[data-bar-hint]");
    sheet.rules.forEach(({ name, th }) => th.querySelector(".upright").classList.toggle("is-long", [...name].length > 4));
    sheet.rows.forEach((_row, r) => this.row(r));
    this.counters();
  }

  row(r) {
    const row = this.sheet.rows[r];
    row.cells.forEach((_cell, c) => this.cell(r, c));
    const state = this.sheet.state(r);
    row.total.textContent = state === "complete" ? shown(row.points) : this.words[state];
    row.total.classList.toggle("is-word", state !== "complete");
  }

  cell(r, c) {
    const cell = this.sheet.cell(r, c);
    const { td, entered, counted, refused, unsaved } = cell;
    const keptText = refused || (unsaved && entered === null) ? cell.typed : undefined;
    if (!td.querySelector("input")) {
      td.textContent = keptText || (entered === null ? "" : entered === 0 ? "·" : shown(counted || entered));
    }
    td.classList.toggle("is-missing", entered === null && !keptText);
    td.classList.toggle("is-zero", entered === 0 && !keptText);
    td.classList.toggle("is-capped", entered !== null && entered !== counted && !refused);
    td.classList.toggle("is-penalty", counted < 0);
    td.classList.toggle("is-refused", Boolean(refused));
    td.classList.toggle("is-unsaved", unsaved);
    if (refused) td.setAttribute("aria-invalid", "true");
    else td.removeAttribute("aria-invalid");
  }

  counters() {
    const filled = this.sheet.rows.length - this.sheet.count("unfilled");
    document.querySelector("[data-filled]").textContent = String(filled);
    document.querySelector("#progress progress").value = filled;
    ["unfilled", "capped", "penalty"].forEach((filter) => {
      document.querySelector(`[data-count="${filter}"]`).textContent = this.sheet.count(filter);
    });
    const left = document.querySelector("[data-left]");
    if (!left) return;
    const missing = this.sheet.rows.length - filled;
    left.textContent = missing ? fill(this.words.left, { count: missing }) : this.words.complete;
    document.querySelector("#first-unfilled").hidden = !missing;
  }

  // The sum behind the cell, never over a neighbour's row.
  describe(r, c, onRest) {
    const row = this.sheet.rows[r];
    const rule = this.sheet.rules[c];
    const parts = [piece("b", `${row.number} ${row.name}`), piece("b", rule.name), ...this.sum(r, c)];
    const caps = { quarter: this.words.quarter_cap, year: this.words.year_cap, event: this.words.event_cap };
    if (rule.cap !== null) parts.push(piece("span", fill(caps[rule.period], { cap: rule.cap }), "quiet"));
    if (rule.evidence) parts.push(piece("span", fill(this.words.evidence, { evidence: rule.evidence }), "quiet"));
    if (this.sheet.cell(r, c).deeds) {
      const link = piece("a", this.words.look, "link");
      link.href = rule.points < 0 ? this.words.penalties_url : `${this.deedsUrl}?q=${encodeURIComponent(row.number)}`;
      parts.push(link);
    }
    this.what.replaceChildren(...parts);
    this.tell(r, c, onRest);
  }

  sum(r, c) {
    const { entered, counted, deeds } = this.sheet.cell(r, c);
    const { points, unit } = this.sheet.rules[c];
    if (entered === null) return [piece("span", this.words.empty, "quiet")];
    const parts = [];
    const typed = entered - deeds;
    const times = entered / points;
    if (deeds && typed) parts.push(piece("span", fill(this.words.parts, { deeds: shown(deeds), typed: shown(typed) })));
    else if (deeds) parts.push(piece("span", points < 0 ? this.words.from_penalties : this.words.from_deeds));
    else if (Number.isInteger(times) && times > 1) {
      parts.push(piece("span", fill(this.words.times, { times, unit, each: shown(points) })));
    }
    parts.push(piece("span", fill(this.words.points, { points: shown(entered) }), "sum"));
    if (entered !== counted) {
      parts.push(piece("span", fill(this.words.counted, { entered: shown(entered), counted: shown(counted) }), "sum"));
    }
    return parts;
  }

  // The end of the bar: why a cell was not saved, else how to go on, else a way to fill the rest of the row.
  tell(r, c, onRest) {
    const cell = this.sheet.cell(r, c);
    const { refused } = cell;
    this.bar.classList.toggle("has-message", Boolean(refused));
    if (refused) return this.hint.replaceChildren(piece("span", refused, "is-wrong"), ...wayOn(cell, this.words));
    const parts = [document.createTextNode(`${this.words.hint}　`)];
    if (onRest && this.sheet.state(r) === "partly") {
      const button = piece("button", this.words.rest, "link");
      button.type = "button";
      button.addEventListener("click", onRest);
      parts.push(button);
    }
    return this.hint.replaceChildren(...parts);
  }
}
