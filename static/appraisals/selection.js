// Where one is on the grid: one cell with the focus, and a block that reaches from an anchor to it.
export class Selection {
  constructor(sheet, onMove) {
    this.sheet = sheet;
    this.onMove = onMove;
    this.visible = sheet.rows.map((_row, r) => r);
    this.r = 0;
    this.c = 0;
    this.anchor = { r: 0, c: 0 };
    this.marked = [];
  }

  // Rows that a filter leaves, as numbers of the sheet.
  show(rows) {
    this.visible = rows;
    const kept = new Set(rows);
    this.sheet.rows.forEach((row, r) => {
      row.tr.hidden = !kept.has(r);
    });
    if (rows.length && !kept.has(this.r)) this.go(rows[0], this.c, { focus: false });
  }

  place(r = this.r) {
    return this.visible.indexOf(r);
  }

  go(r, c, { extend = false, focus = true } = {}) {
    const before = this.sheet.cell(this.r, this.c).td;
    before.tabIndex = -1;
    this.sheet.rows[this.r].tr.classList.remove("is-here");
    this.sheet.rules[this.c].th.classList.remove("is-here");
    this.r = r;
    this.c = c;
    if (!extend) this.anchor = { r, c };
    const { td } = this.sheet.cell(r, c);
    td.tabIndex = 0;
    this.sheet.rows[r].tr.classList.add("is-here");
    this.sheet.rules[c].th.classList.add("is-here");
    this.mark();
    if (focus) td.focus();
    this.onMove(r, c);
  }

  // Move by rows and columns, staying on the sheet.
  move(rows, columns, options) {
    const place = Math.min(Math.max(this.place() + rows, 0), this.visible.length - 1);
    const c = Math.min(Math.max(this.c + columns, 0), this.sheet.rules.length - 1);
    if (this.visible.length) this.go(this.visible[place], c, options);
  }

  // The next or previous column, running over the end of a row into the next household's.
  step(by) {
    const last = this.sheet.rules.length - 1;
    if (this.c + by >= 0 && this.c + by <= last) return this.move(0, by);
    const place = this.place() + by;
    if (place < 0 || place >= this.visible.length) return undefined;
    return this.go(this.visible[place], by > 0 ? 0 : last);
  }

  // The block as rows of places, only those a filter leaves.
  block() {
    const [top, bottom] = [this.place(this.anchor.r), this.place()].sort((a, b) => a - b);
    const [left, right] = [this.anchor.c, this.c].sort((a, b) => a - b);
    const columns = Array.from({ length: right - left + 1 }, (_none, at) => left + at);
    return this.visible.slice(Math.max(top, 0), bottom + 1).map((r) => columns.map((c) => ({ r, c })));
  }

  mark() {
    this.marked.forEach((td) => td.classList.remove("is-selected"));
    const cells = this.block().flat();
    this.marked = cells.length > 1 ? cells.map(({ r, c }) => this.sheet.cell(r, c).td) : [];
    this.marked.forEach((td) => td.classList.add("is-selected"));
  }
}
