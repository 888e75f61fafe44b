// The sheet in memory: rules, households, and for each cell what was entered, the deeds' part and what counts.
const WHOLE = /^[+-]?\d{1,6}$/;
const FULL_WIDTH = /[０-９＋－]/g;

// What was typed, as a number; null for blank, NaN for what is no whole number.
export function parsePoints(text) {
  const plain = text
    .replace(FULL_WIDTH, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replace(/[−–—]/g, "-")
    .trim();
  if (!plain) return null;
  return WHOLE.test(plain) ? Number(plain) : NaN;
}

export function shown(points) {
  return String(points).replace("-", "−");
}

function ruleOf(th) {
  const { rule, name, points, unit, category, evidence, cap, period } = th.dataset;
  return { id: rule, name, points: Number(points), unit, category, evidence, cap: cap ? Number(cap) : null, period, th };
}

function cellOf(td) {
  const { entered, deeds, counted } = td.dataset;
  const total = entered === undefined ? null : Number(entered);
  return { td, entered: total, deeds: Number(deeds || 0), counted: Number(counted ?? total ?? 0), refused: null, way: null, unsaved: false };
}

function rowOf(tr) {
  const { household, number, name, group, points } = tr.dataset;
  const cells = [...tr.querySelectorAll("td:not(.pin)")].map(cellOf);
  return { id: household, number, name, group, points: Number(points), tr, total: tr.querySelector(".pin-4"), cells };
}

export class Sheet {
  constructor(table) {
    this.rules = [...table.querySelectorAll("th[data-rule]")].map(ruleOf);
    this.rows = [...table.tBodies[0].rows].map(rowOf);
    this.rowById = new Map(this.rows.map((row, at) => [row.id, at]));
    this.columnById = new Map(this.rules.map((rule, at) => [rule.id, at]));
  }

  cell(r, c) {
    return this.rows[r].cells[c];
  }

  // What of a total counts, as far as this page can know: a yearly cap is the server's to say.
  countedHere(c, entered) {
    const { cap, period } = this.rules[c];
    if (cap === null || period === "event") return entered;
    return Math.sign(entered) * Math.min(Math.abs(entered), cap);
  }

  // Show at once what was typed; the server's answer has the last word.
  type(r, c, text) {
    const cell = this.cell(r, c);
    const points = parsePoints(text);
    cell.typed = text;
    cell.refused = null;
    cell.way = null;
    cell.unsaved = true;
    if (Number.isNaN(points)) return;
    cell.entered = points === null ? cell.deeds || null : points;
    cell.counted = this.countedHere(c, cell.entered ?? 0);
    this.sum(r);
  }

  sum(r) {
    const row = this.rows[r];
    row.points = Math.max(0, row.cells.reduce((sum, cell) => sum + cell.counted, 0));
  }

  // Take a row as the server counts it; cells that wait to be saved keep what was typed.
  take({ household, points, cells }) {
    const r = this.rowById.get(household);
    if (r === undefined) return null;
    const row = this.rows[r];
    row.cells.forEach((cell, c) => {
      if (cell.unsaved) return;
      [cell.entered, cell.deeds, cell.counted] = cells[c];
      if (!cell.refused) cell.typed = undefined;
    });
    if (row.cells.some((cell) => cell.unsaved)) this.sum(r);
    else row.points = points;
    return r;
  }

  // What stands in a cell to be edited or copied.
  text(r, c) {
    const cell = this.cell(r, c);
    if (cell.typed !== undefined && (cell.unsaved || cell.refused)) return cell.typed;
    return cell.entered === null ? "" : String(cell.entered);
  }

  filledCells(r) {
    return this.rows[r].cells.filter((cell) => cell.entered !== null).length;
  }

  state(r) {
    const filled = this.filledCells(r);
    if (filled === 0) return "unfilled";
    return filled < this.rules.length ? "partly" : "complete";
  }

  is(r, filter) {
    const { cells } = this.rows[r];
    if (filter === "unfilled") return this.state(r) === "unfilled";
    if (filter === "capped") return cells.some((cell) => cell.entered !== null && cell.entered !== cell.counted);
    if (filter === "penalty") return cells.some((cell) => cell.counted < 0);
    return true;
  }

  count(filter) {
    return this.rows.reduce((count, _row, r) => count + (this.is(r, filter) ? 1 : 0), 0);
  }

  // Refused cells that are lost when the page is left; one that is done elsewhere has a way there.
  lostCount() {
    return this.rows.reduce((count, row) => count + row.cells.filter((cell) => cell.refused && !cell.way).length, 0);
  }

  refusedCount() {
    return this.rows.reduce((count, row) => count + row.cells.filter((cell) => cell.refused).length, 0);
  }
}
