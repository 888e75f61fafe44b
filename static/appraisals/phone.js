// One household at a time, for a narrow screen: a list of rules, each with its points and − and +.
import { fill, wayOn } from "./paint.js";
import { shown } from "./sheet.js";

function make(tag, kind, text = "") {
  const element = document.createElement(tag);
  if (kind) element.className = kind;
  element.textContent = text;
  return element;
}

export class Phone {
  // acts: writes(), write(cells, source), fillRest(r), places(): the households to walk through
  constructor(sheet, words, acts) {
    this.sheet = sheet;
    this.words = words;
    this.acts = acts;
    this.box = document.querySelector("#one");
    this.r = this.firstUnfilled();
    this.narrow = window.matchMedia("(max-width: 799px)");
    this.narrow.addEventListener("change", () => this.draw());
    this.draw();
  }

  firstUnfilled() {
    return Math.max(0, this.sheet.rows.findIndex((row) => row.is.unfilled));
  }

  // The households to walk through are others now.
  walk() {
    const places = this.acts.places();
    if (places.length && !places.includes(this.r)) this.go(places[0]);
    else this.draw();
  }

  go(r) {
    this.r = r;
    this.draw();
    if (this.narrow.matches) window.scrollTo(0, 0);
  }

  // Lead to one rule of the household that is shown.
  point(c) {
    this.lines[c]?.input.focus();
  }

  draw() {
    this.lines = [];
    if (!this.narrow.matches) {
      this.box.replaceChildren();
      return;
    }
    const list = make("ol", "one-rules");
    let before = "";
    this.sheet.rules.forEach((rule, c) => {
      if (rule.category !== before) list.append(make("li", "one-category", rule.category));
      before = rule.category;
      list.append(this.line(rule, c));
    });
    this.box.replaceChildren(this.head(), list, this.feet());
    this.refresh(this.r);
  }

  head() {
    const row = this.sheet.rows[this.r];
    const head = make("header", "one-head");
    this.total = make("b", "figure points");
    const name = make("h2", "", `${row.number} ${row.name}`);
    const where = make("p", "quiet", `${row.group}　${this.where()}`);
    const title = make("div");
    title.append(name, where);
    head.append(this.way(-1, "‹"), title, this.total, this.way(1, "›"));
    return head;
  }

  where() {
    const places = this.acts.places();
    return fill(this.words.household, { at: places.indexOf(this.r) + 1, count: this.sheet.isWhole ? places.length : this.sheet.count });
  }

  next(by) {
    const places = this.acts.places();
    return places[places.indexOf(this.r) + by];
  }

  way(by, sign) {
    const button = make("button", "one-way", sign);
    const r = this.next(by);
    const row = this.sheet.rows[r];
    button.type = "button";
    button.disabled = !row;
    if (row) button.setAttribute("aria-label", `${row.number} ${row.name}`);
    button.addEventListener("click", () => this.go(r));
    return button;
  }

  line(rule, c) {
    const item = make("li", "one-rule");
    const label = make("label", "", rule.name);
    const cap = rule.cap !== null && rule.period !== "event" ? `${rule.points < 0 ? "≥−" : "≤"}${rule.cap}` : "";
    const input = make("input");
    input.id = `one-${c}`;
    input.inputMode = rule.points < 0 ? "text" : "numeric";
    input.autocomplete = "off";
    input.disabled = !this.acts.writes();
    label.htmlFor = input.id;
    label.append(make("small", "points", cap));
    const { r } = this;
    input.addEventListener("focus", () => this.sheet.hold(r, c, true));
    input.addEventListener("blur", () => this.sheet.hold(r, c, false));
    input.addEventListener("change", () => this.acts.write([{ r, c, text: input.value.trim() }], "grid"));
    const told = make("p", "one-told");
    const less = this.stepper(c, -1, "−", this.words.less);
    const more = this.stepper(c, 1, "+", this.words.more);
    item.append(label, less, input, more, told);
    this.lines[c] = { input, told, item, painted: "" };
    return item;
  }

  // One unit less or more of the rule: a penalty grows downwards.
  stepper(c, by, sign, name) {
    const { points } = this.sheet.rules[c];
    const button = make("button", "one-step", sign);
    button.type = "button";
    button.disabled = !this.acts.writes();
    button.setAttribute("aria-label", `${name} ${this.sheet.rules[c].name}`);
    button.addEventListener("click", () => {
      const now = this.sheet.cell(this.r, c).entered ?? 0;
      const next = now + by * Math.abs(points);
      const text = String(points > 0 ? Math.max(0, next) : Math.min(0, next));
      this.acts.write([{ r: this.r, c, text }], "grid");
    });
    return button;
  }

  feet() {
    const feet = make("div", "one-feet");
    if (!this.acts.writes()) return feet;
    const rest = make("button", "button wide", this.words.rest);
    rest.type = "button";
    rest.addEventListener("click", () => {
      const r = this.next(1);
      this.acts.fillRest(this.r);
      if (r !== undefined) this.go(r);
    });
    feet.append(rest);
    return feet;
  }

  refresh(r) {
    if (r !== this.r || !this.lines.length) return;
    const row = this.sheet.rows[r];
    this.total.textContent = fill(this.words.points, { points: shown(row.points) });
    this.lines.forEach((line, c) => {
      const { input, told, item } = line;
      const cell = row.cells[c];
      if (document.activeElement !== input || input.value === line.painted) {
        line.painted = this.sheet.text(r, c); // what is being typed is not painted over
        input.value = line.painted;
      }
      input.classList.toggle("is-missing", cell.entered === null && cell.text === undefined);
      item.classList.toggle("is-wrong", Boolean(cell.refused || cell.asked));
      told.replaceChildren(this.told(r, c), ...wayOn(cell, this.words));
    });
  }

  // Below a number: why it was not saved, what of it counts, or that it is out of line with last quarter.
  told(r, c) {
    const { refused, asked, entered, counted } = this.sheet.cell(r, c);
    if (refused || asked) return refused || fill(this.words.asked, { count: 1 });
    const parts = [];
    if (entered !== null && entered !== counted) {
      parts.push(fill(this.words.counted, { entered: shown(entered), counted: shown(counted) }));
    }
    const apart = this.sheet.apart(r, c);
    const last = this.sheet.rows[r].last?.cells[c] ?? 0;
    if (apart) parts.push(`${apart > 0 ? "▲" : "▼"} ${fill(this.words.last, { points: shown(last) })}`);
    return parts.join("；");
  }
}
