// Where one is on the grid: one cell with the focus, and a block that reaches from an anchor to it.
export class Selection {
  constructor(sheet, rows, onMove) {
    this.sheet = sheet;
    this.rows = rows;
    this.onMove = onMove;
    this.r = 0;
    this.c = 0;
    this.anchor = { r: 0, c: 0 };
    this.isBlock = false;
  }

  get visible() {
    return this.rows.places;
  }

  // Rows that a filter leaves, as numbers of the sheet.
  show(places) {
    this.rows.show(places);
    if (places.length && this.place() < 0) this.go(places[0], this.c, { focus: false });
  }

  place(r = this.r) {
    return this.rows.placeOf.get(r) ?? -1;
  }

  go(r, c, { extend = false, focus = true } = {}) {
    const before = this.r;
    this.sheet.rules[this.c].th.classList.remove("is-here");
    this.r = r;
    this.c = c;
    if (!extend) this.anchor = { r, c };
    this.sheet.rules[c].th.classList.add("is-here");
    if (focus) this.rows.reveal(r);
    this.mark(before);
    if (focus) (this.rows.td(r, c) ?? this.rows.table).focus();
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

  bounds() {
    const [top, bottom] = [this.place(this.anchor.r), this.place()].sort((a, b) => a - b);
    const [left, right] = [this.anchor.c, this.c].sort((a, b) => a - b);
    return { top: Math.max(top, 0), bottom, left, right };
  }

  // The block as rows of places, only those a filter leaves.
  block() {
    const { top, bottom, left, right } = this.bounds();
    const columns = Array.from({ length: right - left + 1 }, (_none, at) => left + at);
    return this.visible.slice(top, bottom + 1).map((r) => columns.map((c) => ({ r, c })));
  }

  // Dress the rows that are in sight: all of them where a block is or was marked.
  mark(before) {
    const { top, bottom, left, right } = this.bounds();
    const was = this.isBlock;
    this.isBlock = bottom > top || right > left;
    if (was || this.isBlock) this.rows.shown.forEach((row) => this.dress(row, row.r));
    else [before, this.r].forEach((r) => this.rows.of(r) && this.dress(this.rows.of(r), r));
  }

  dress(row, r) {
    const isHere = r === this.r;
    const { top, bottom, left, right } = this.bounds();
    const place = this.place(r);
    const isIn = this.isBlock && place >= top && place <= bottom;
    if (!isHere && !isIn && !row.isDressed) return; // most rows that come into sight are plain
    row.isDressed = isHere || isIn;
    row.tr.classList.toggle("is-here", isHere);
    row.cells.forEach((td, c) => {
      td.tabIndex = isHere && c === this.c ? 0 : -1;
      td.classList.toggle("is-selected", isIn && c >= left && c <= right);
    });
    // The cell comes back into sight while the table holds the focus for it.
    if (isHere && document.activeElement === this.rows.table) row.cells[this.c].focus({ preventScroll: true });
  }
}
