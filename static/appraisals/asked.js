// Cells that somebody else entered while one typed: both values stand beside each other until it is said which holds.
import { fill } from "./paint.js";
import { shown } from "./sheet.js";

const MOST_LINES = 6;

function make(tag, text, kind = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (kind) element.className = kind;
  return element;
}

export class Asked {
  // acts: leave(places), keep(places), go(r, c)
  constructor(sheet, words, acts) {
    this.sheet = sheet;
    this.words = words;
    this.acts = acts;
    this.box = document.querySelector("#asked");
    this.places = [];
  }

  add(r, c) {
    if (!this.places.some((at) => at.r === r && at.c === c)) this.places.push({ r, c });
  }

  // Show what is still open; nothing here takes the focus from whoever types on.
  draw() {
    this.places = this.places.filter(({ r, c }) => this.sheet.cell(r, c).asked);
    this.box.hidden = !this.places.length;
    const title = make("p", fill(this.words.asked, { count: this.places.length }), "asked-title");
    const lines = this.places.slice(0, MOST_LINES).map((at) => this.line(at));
    const all = this.places.length > 1 ? [this.ways([...this.places], this.words.leave_all, this.words.keep_all)] : [];
    this.box.replaceChildren(...(this.places.length ? [title, ...lines, ...all] : []));
  }

  line({ r, c }) {
    const row = this.sheet.rows[r];
    const { asked, entered, text } = this.sheet.cell(r, c);
    const line = make("div", "", "asked-line");
    const theirs = entered === null ? this.words.blank : shown(entered);
    const mine = text || this.words.blank;
    const where = make("button", `${row.number} ${row.name}　${this.sheet.rules[c].name}`, "link");
    where.type = "button";
    where.addEventListener("click", () => this.acts.go(r, c));
    const said = make("span", fill(this.words.both, { ...asked, theirs, mine }));
    const { leave, keep } = this.words;
    line.append(where, said, this.ways([{ r, c }], fill(leave, { points: theirs }), fill(keep, { points: mine })));
    return line;
  }

  ways(places, leave, keep) {
    const ways = make("span", "", "asked-ways");
    [[leave, this.acts.leave], [keep, this.acts.keep]].forEach(([text, act]) => {
      const button = make("button", text, "button");
      button.type = "button";
      button.addEventListener("click", () => act(places));
      ways.append(button);
    });
    return ways;
  }
}
