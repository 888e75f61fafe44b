// After an import was undone: the penalties that it had noted and that stay, since their households were told.
import { fill } from "./paint.js";
import { shown } from "./sheet.js";

function make(tag, text, kind = "") {
  return Object.assign(document.createElement(tag), { textContent: text, className: kind });
}

export class Stays {
  constructor(words) {
    this.words = words;
    this.box = document.querySelector("#stays");
  }

  // told: of each whose it is, the rule, its points, the day when it was told, and where it is read
  show(told) {
    const { stays, stays_line: sentence, understood } = this.words;
    const lines = told.map((one) => {
      const line = make("p", "", "asked-line");
      line.append(Object.assign(make("a", fill(sentence, { ...one, points: shown(one.points) }), "link"), { href: one.url }));
      return line;
    });
    const button = Object.assign(make("button", understood, "button"), { type: "button" });
    button.addEventListener("click", () => this.show([]));
    this.box.hidden = !told.length;
    this.box.replaceChildren(...(told.length ? [make("p", fill(stays, { count: told.length }), "asked-title"), ...lines, button] : []));
  }
}
