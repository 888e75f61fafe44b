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

function link(href, text) {
  return Object.assign(piece("a", text, "link"), { href });
}

// The way from a refused cell to where it is done instead.
export function wayOn({ way }, words) {
  return way ? [link(way, words.record)] : [];
}

export class Painter {
  // urls: deeds, penalties: where the records behind a cell are listed
  constructor(sheet, words, urls) {
    this.sheet = sheet;
    this.words = words;
    this.urls = urls;
    this.bar = document.querySelector("#bar");
    this.what = this.bar.querySelector("[data-bar-what]");
    this.hint = this.bar.querySelector("[data-bar-hint]");
    sheet.rules.forEach(({ name, th }) => th.querySelector(".upright").classList.toggle("is-long", [...name].length > 4));
  }

  row({ tr, pins, cells }, r) {
    const row = this.sheet.rows[r];
    const state = this.sheet.state(r);
    [row.number, row.name, row.group].forEach((text, at) => {
      pins[at].textContent = text;
    });
    pins[3].textContent = state === "complete" ? shown(row.points) : this.words[state];
    pins[3].classList.toggle("is-word", state !== "complete");
    this.arrow(pins[3], this.sheet.rowApart(r));
    tr.classList.remove("is-here");
    cells.forEach((td, c) => this.cell(td, r, c));
  }

  cell(td, r, c) {
    const cell = this.sheet.cell(r, c);
    const { entered, counted, refused, unsaved, asked, by } = cell;
    const kept = refused || asked || (unsaved && entered === null) ? cell.text : undefined;
    const states = {
      "is-missing": entered === null && !kept,
      "is-zero": entered === 0 && !kept,
      "is-capped": entered !== null && entered !== counted && !refused && !asked,
      "is-penalty": counted < 0,
      "is-refused": Boolean(refused),
      "is-asked": Boolean(asked),
      "is-unsaved": unsaved,
      "is-fresh": Boolean(by?.isFresh) && !asked,
      "is-selected": td.classList.contains("is-selected"),
    };
    const names = Object.keys(states).filter((name) => states[name]);
    if (td.classList.contains("edge")) names.unshift("edge");
    if (!td.querySelector("input")) {
      td.textContent = kept || (entered === null ? "" : entered === 0 ? "·" : shown(counted || entered));
      this.arrow(td, kept ? 0 : this.sheet.apart(r, c));
    }
    td.className = names.join(" ");
    if (by?.isFresh) td.dataset.by = [...by.who][0];
    if (refused || asked) td.setAttribute("aria-invalid", "true");
    else td.removeAttribute("aria-invalid");
  }

  // A small arrow beside a number that is out of line with last quarter.
  arrow(td, apart) {
    if (!apart) return;
    const mark = piece("i", apart > 0 ? "▲" : "▼", "apart");
    mark.setAttribute("aria-label", apart > 0 ? this.words.more_than_last : this.words.less_than_last);
    td.append(mark);
  }

  counters() {
    const { counts, count, isWhole } = this.sheet;
    if (!isWhole) return;
    const filled = count - counts.unfilled;
    document.querySelector("[data-filled]").textContent = String(filled);
    document.querySelector("#progress progress").value = filled;
    document.querySelectorAll("[data-count]").forEach((told) => {
      told.textContent = String(counts[told.dataset.count]);
    });
    const left = document.querySelector("[data-left]");
    if (!left) return;
    left.textContent = counts.unfilled ? fill(this.words.left, { count: counts.unfilled }) : this.words.complete;
    document.querySelector("#first-unfilled").hidden = !counts.unfilled;
  }

  // The sum behind the cell, never over a neighbour's row.
  describe(r, c, onRest) {
    const row = this.sheet.rows[r];
    const rule = this.sheet.rules[c];
    const { deeds, by } = this.sheet.cell(r, c);
    const parts = [piece("b", `${row.number} ${row.name}`), piece("b", rule.name), ...this.sum(r, c)];
    if (deeds) {
      const where = rule.points < 0 ? this.urls.penalties : `${this.urls.deeds}?q=${encodeURIComponent(row.number)}`;
      parts.push(link(where, this.words.look));
    }
    if (row.last) {
      const apart = this.sheet.apart(r, c) ? "sum" : "quiet";
      parts.push(piece("span", fill(this.words.last, { points: shown(row.last.cells[c] ?? 0) }), apart));
    }
    if (by) parts.push(piece("span", fill(this.words.by, by), "quiet"));
    const caps = { quarter: this.words.quarter_cap, year: this.words.year_cap, event: this.words.event_cap };
    if (rule.cap !== null) parts.push(piece("span", fill(caps[rule.period], { cap: rule.cap }), "quiet"));
    if (rule.evidence) parts.push(piece("span", fill(this.words.evidence, { evidence: rule.evidence }), "quiet"));
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
