// The rows on the screen: only those in sight stand in the table, the others are made when they come into sight.
const AROUND = 12;
const LEAST = 40;
const PINS = 4;

export class Rows {
  // hooks: paint(row, r), dress(row, r) after a row stands for another household, leave() before one that has the focus
  constructor(scroll, table, sheet, hooks) {
    this.scroll = scroll;
    this.table = table;
    this.long = table.parentElement;
    this.body = table.tBodies[0];
    this.head = table.tHead;
    this.sheet = sheet;
    this.hooks = hooks;
    this.places = [];
    this.placeOf = new Map();
    this.shown = [];
    this.free = [];
    this.from = 0;
    this.height = 35;
    this.isWhole = false;
    this.one = this.sample();
    this.byTr = new WeakMap();
    scroll.addEventListener("scroll", () => this.soon(), { passive: true });
    new ResizeObserver(() => this.soon()).observe(scroll);
    window.addEventListener("beforeprint", () => this.whole(true));
    window.addEventListener("afterprint", () => this.whole(false));
  }

  // One row to make the others from: number, name, group, total, and a cell for each rule.
  sample() {
    const tr = document.createElement("tr");
    const { rules } = this.sheet;
    for (let at = 0; at < PINS + rules.length; at += 1) {
      const cell = document.createElement(at === 0 ? "th" : "td");
      const rule = rules[at - PINS];
      cell.setAttribute("aria-colindex", String(at + 1));
      if (at === 0) cell.scope = "row";
      if (at < PINS) cell.className = `pin pin-${at + 1}`;
      else {
        cell.tabIndex = -1;
        if (rule.category !== rules[at - PINS - 1]?.category) cell.className = "edge";
      }
      tr.append(cell);
    }
    return tr;
  }

  // Show these households, as numbers of the sheet, in this order.
  show(places) {
    this.places = places;
    this.placeOf = new Map(places.map((r, place) => [r, place]));
    this.table.setAttribute("aria-rowcount", String(places.length + this.head.rows.length));
    this.clear();
    this.draw();
  }

  soon() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const { length } = this.places;
    const first = Math.floor(this.scroll.scrollTop / this.height);
    const room = Math.ceil(this.scroll.clientHeight / this.height);
    const from = this.isWhole ? 0 : Math.max(0, Math.min(first - AROUND, length - LEAST));
    const to = this.isWhole ? length : Math.min(length, Math.max(first + room + AROUND, from + LEAST));
    this.fit(from, to);
  }

  fit(from, to) {
    while (this.shown.length && this.from < from) {
      this.release(this.shown.shift());
      this.from += 1;
    }
    while (this.shown.length && this.from + this.shown.length > to) this.release(this.shown.pop());
    if (!this.shown.length) this.from = from;
    while (this.from > from) {
      this.from -= 1;
      this.shown.unshift(this.stand(this.from, this.shown[0]?.tr ?? null));
    }
    while (this.from + this.shown.length < to) this.shown.push(this.stand(this.from + this.shown.length, null));
    this.free.forEach(({ tr }) => tr.remove());
    this.long.style.paddingTop = `${this.from * this.height}px`;
    this.long.style.height = `${this.places.length * this.height + this.head.offsetHeight}px`;
  }

  // A row of the table for the household at a place, set before another.
  stand(place, before) {
    const row = this.free.pop() ?? this.make();
    row.r = this.places[place];
    row.tr.setAttribute("aria-rowindex", String(place + 1 + this.head.rows.length));
    row.tr.dataset.household = this.sheet.rows[row.r].id;
    this.hooks.paint(row, row.r);
    this.body.insertBefore(row.tr, before);
    this.hooks.dress(row, row.r);
    return row;
  }

  make() {
    const tr = this.one.cloneNode(true);
    const all = [...tr.children];
    const row = { tr, pins: all.slice(0, PINS), cells: all.slice(PINS), r: -1 };
    this.byTr.set(tr, row);
    return row;
  }

  release(row) {
    if (row.tr.contains(document.activeElement)) this.hooks.leave();
    this.free.push(row);
  }

  clear() {
    this.shown.forEach((row) => this.release(row));
    this.shown = [];
  }

  of(r) {
    const row = this.shown[this.placeOf.get(r) - this.from];
    return row?.r === r ? row : null;
  }

  td(r, c) {
    return this.of(r)?.cells[c] ?? null;
  }

  at(td) {
    const row = this.byTr.get(td.closest("tr"));
    const c = row ? row.cells.indexOf(td) : -1;
    return c < 0 ? null : { r: row.r, c };
  }

  // Bring a household into sight; its row stands in the table then.
  reveal(r) {
    const place = this.placeOf.get(r);
    if (place === undefined) return;
    const top = place * this.height;
    const room = this.scroll.clientHeight - this.head.offsetHeight - this.height - 16;
    if (top < this.scroll.scrollTop) this.scroll.scrollTop = top;
    else if (top > this.scroll.scrollTop + room) this.scroll.scrollTop = top - room;
    this.draw();
  }

  repaint(r) {
    const row = this.of(r);
    if (!row) return;
    this.hooks.paint(row, r);
    this.hooks.dress(row, r);
  }

  // On paper all rows stand.
  whole(isWhole) {
    this.isWhole = isWhole;
    this.draw();
  }
}
