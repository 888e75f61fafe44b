// On a phone the shelf lies over the basket; the phone's own way back closes it. What is told stands on top.
const [main, go, shelf, told] = ["main", "go", "shelf", "told"].map((id) => document.getElementById(id));

export class Picking {
  #leaving = false;

  /** @param {() => void} draw draw the rest of the page */
  constructor(draw) {
    this.draw = draw;
    addEventListener("popstate", () => this.open && this.#put(false));
    addEventListener("keydown", (event) => event.key === "Escape" && this.end());
  }

  get open() {
    return document.body.classList.contains("is-picking");
  }

  begin() {
    history.pushState({ picking: true }, "");
    this.#put(true);
  }

  /** Go back, once however often it is asked for: a second step would leave the page. */
  end() {
    if (!this.open || this.#leaving) return;
    this.#leaving = true;
    history.back();
  }

  /** @param {boolean} open */
  #put(open) {
    this.#leaving = false;
    document.body.classList.toggle("is-picking", open);
    main.inert = open;
    document.getElementById(open ? "told-there" : "told-here").append(told);
    this.draw();
    (open ? shelf : go).focus({ preventScroll: true });
  }
}
