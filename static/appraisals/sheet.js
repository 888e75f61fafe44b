// The sheet in memory: rules, households, and for each cell what was typed, the deeds' part and what counts.
const WHOLE = /^([+-]?)(\d{1,6}|\d{1,3}(?:,\d{3})+)(?:\.0+)?分?$/;
const FULL_WIDTH = /[０-９＋－，．]/g;

// What was typed or pasted, as a number, the ways a spreadsheet shows one included (1,000 and 5.0); null for blank, NaN for what is no whole number.
export function parsePoints(text) {
  const plain = text
    .replace(FULL_WIDTH, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replace(/[−–—]/g, "-")
    .trim();
  if (!plain) return null;
  const whole = WHOLE.exec(plain);
  return whole ? Number(whole[1] + whole[2].replace(/,/g, "")) : NaN;
}

export function shown(points) {
  return String(points).replace("-", "−");
}

function ruleOf(th) {
  const { rule, name, points, unit, category, evidence, cap, period } = th.dataset;
  return { id: rule, name, points: Number(points), unit, category, evidence, cap: cap ? Number(cap) : null, period, th };
}

// A cell as the server tells it: what was typed (null: nothing), or with the deeds' part and what of both counts.
function partsOf(told) {
  const [typed, deeds, counted] = Array.isArray(told) ? told : [told, 0, told ?? 0];
  return { typed, deeds, counted, entered: typed === null && !deeds ? null : (typed ?? 0) + deeds };
}

// seen: what stood typed in the cell when it was last shown as the server has it. text: what waits to be saved, was
// refused, or is asked about, since somebody else entered the cell meanwhile. held: it is being edited. by: who else entered it, and when.
// way: where what was refused is done instead.
function cellOf(told) {
  const parts = partsOf(told);
  return { ...parts, seen: parts.typed, text: undefined, held: false, unsaved: false, refused: null, way: null, asked: null, by: null };
}

function rowOf({ household, number, name, group, grid, points, cells, last = null }) {
  return { id: household, number, name, group, grid, points, last, cells: cells.map(cellOf), is: {} };
}

export const FILTERS = ["unfilled", "partly", "capped", "penalty", "apart"];

export class Sheet {
  constructor(table, told, count) {
    this.rules = [...table.querySelectorAll("th[data-rule]")].map(ruleOf);
    this.columnById = new Map(this.rules.map((rule, at) => [rule.id, at]));
    this.rows = [];
    this.rowById = new Map();
    this.counts = Object.fromEntries(FILTERS.map((filter) => [filter, 0]));
    this.wrong = new Set();
    this.count = count;
    this.grow(told);
  }

  get isWhole() {
    return this.rows.length >= this.count;
  }

  // Rows that the page does not have yet; those it has are taken as told, unless this was told before the last answer.
  grow({ revision, rows }) {
    rows.forEach((told) => {
      if (!this.rowById.has(told.household)) {
        this.rowById.set(told.household, this.rows.length);
        this.rows.push(rowOf(told));
        this.judge(this.rows.length - 1);
      } else if (revision >= this.revision) this.take(told);
    });
    this.revision = revision;
  }

  cell(r, c) {
    return this.rows[r].cells[c];
  }

  place({ household, rule }) {
    return { r: this.rowById.get(household), c: this.columnById.get(rule) };
  }

  // What of a total counts, as far as this page can know: a yearly cap is the server's to say.
  countedHere(c, entered) {
    const { cap, period } = this.rules[c];
    if (cap === null || period === "event") return entered;
    return Math.sign(entered) * Math.min(Math.abs(entered), cap);
  }

  // While a cell is edited, what was seen in it is what stood there when the editing began.
  hold(r, c, isHeld) {
    const cell = this.cell(r, c);
    cell.held = isHeld;
    if (!isHeld && cell.text === undefined) cell.seen = cell.typed;
  }

  // Show at once what was typed; the server's answer has the last word.
  type(r, c, text) {
    const cell = this.cell(r, c);
    const points = parsePoints(text);
    Object.assign(cell, { text, refused: null, way: null, asked: null, unsaved: true });
    this.wrong.delete(cell);
    if (Number.isNaN(points)) return;
    cell.entered = points === null ? cell.deeds || null : points;
    cell.counted = this.countedHere(c, cell.entered ?? 0);
    this.sum(r);
  }

  // A cell is on its way no more. What is typed in it again meanwhile was typed over what has just been saved; what was
  // refused in it stays to be seen.
  settle(r, c, text, isWaiting) {
    const cell = this.cell(r, c);
    const points = parsePoints(text);
    if (isWaiting) cell.seen = points === null ? null : points - cell.deeds;
    else if (cell.refused) cell.unsaved = false;
    else Object.assign(cell, { unsaved: false, text: undefined });
  }

  refuse(r, c, text, why, way = null) {
    Object.assign(this.cell(r, c), { text, unsaved: false, refused: why, way });
    this.wrong.add(this.cell(r, c));
  }

  ask(r, c, text, who) {
    Object.assign(this.cell(r, c), { text, unsaved: false, asked: who });
    this.wrong.add(this.cell(r, c));
  }

  // Leave a cell as the other has it; what was typed goes.
  leave(r, c) {
    const cell = this.cell(r, c);
    Object.assign(cell, { asked: null, text: undefined, seen: cell.typed });
    this.wrong.delete(cell);
  }

  sum(r) {
    const row = this.rows[r];
    row.points = Math.max(0, row.cells.reduce((sum, cell) => sum + cell.counted, 0));
    this.judge(r);
  }

  // Take a row as the server counts it; cells that wait to be saved keep what was typed.
  take({ household, points, cells }) {
    const r = this.rowById.get(household);
    if (r === undefined) return null;
    const row = this.rows[r];
    row.cells.forEach((cell, c) => {
      if (cell.unsaved) return;
      Object.assign(cell, partsOf(cells[c]));
      if (cell.text === undefined && !cell.held) cell.seen = cell.typed;
    });
    row.points = points;
    if (row.cells.some((cell) => cell.unsaved)) this.sum(r);
    else this.judge(r);
    return r;
  }

  // Take the rows of an answer; return which. One that is older than what is known is not taken; where it was the answer
  // to what was saved here, that is asked for again.
  hear({ revision, rows }, isMine) {
    if (revision < this.revision) {
      if (isMine) this.revision = revision - 1;
      return [];
    }
    this.revision = revision;
    return rows.map((row) => this.take(row)).filter((r) => r !== null);
  }

  // What stands in a cell to be edited or copied.
  text(r, c) {
    const { text, entered } = this.cell(r, c);
    return text ?? (entered === null ? "" : String(entered));
  }

  // Whether nothing stands in a cell and nothing is on its way to it but a blank.
  isBlank(r, c) {
    return !this.cell(r, c).asked && this.text(r, c).trim() === "";
  }

  // Out of line with last quarter: 1 for more, -1 for less. A cell is by more than two times what the rule gives.
  apart(r, c) {
    const { last, cells } = this.rows[r];
    if (last === null || cells[c].entered === null) return 0;
    const by = cells[c].entered - (last.cells[c] ?? 0);
    return Math.abs(by) > 2 * Math.abs(this.rules[c].points) ? Math.sign(by) : 0;
  }

  // A household's total is out of line when it is off by more than half of last quarter's.
  rowApart(r) {
    const { last, points, is } = this.rows[r];
    if (last === null || !last.points || is.unfilled || is.partly) return 0;
    return Math.abs(points - last.points) * 2 > last.points ? Math.sign(points - last.points) : 0;
  }

  // Say anew of a row what the filters ask.
  judge(r) {
    const row = this.rows[r];
    const { cells } = row;
    const filled = cells.filter((cell) => cell.entered !== null).length;
    const before = row.is;
    row.is = { unfilled: filled === 0, partly: filled > 0 && filled < cells.length };
    row.is.capped = cells.some((cell) => cell.entered !== null && cell.entered !== cell.counted);
    row.is.penalty = cells.some((cell) => cell.counted < 0);
    row.is.apart = this.rowApart(r) !== 0 || cells.some((_cell, c) => this.apart(r, c) !== 0);
    FILTERS.forEach((filter) => {
      this.counts[filter] += Number(row.is[filter]) - Number(before[filter] ?? false);
    });
  }

  state(r) {
    const { unfilled, partly } = this.rows[r].is;
    return unfilled ? "unfilled" : partly ? "partly" : "complete";
  }

  // Cells that are lost when the page is left: asked about or refused, unless one is done elsewhere and has a way there.
  lostCount() {
    return [...this.wrong].filter((cell) => !cell.way).length;
  }

  // The place after this one, row by row and then from the top, where a cell is refused or asked about.
  wrongAfter(r, c) {
    const places = this.rows.flatMap((row, at) => row.cells.flatMap((cell, column) => (this.wrong.has(cell) ? [{ r: at, c: column }] : [])));
    return places.find((place) => place.r > r || (place.r === r && place.c > c)) ?? places[0];
  }

  // The rows of households that a number, a name or a group is of, in order.
  find(words) {
    const wanted = words.trim();
    const number = wanted.replace(/^0+/, "");
    if (!wanted) return [];
    const found = (test) => this.rows.flatMap((row, r) => (test(row) ? [r] : []));
    const exact = found((row) => number && row.number.replace(/^0+/, "") === number);
    return exact.length ? exact : found((row) => row.name.includes(wanted) || row.group.includes(wanted));
  }
}
