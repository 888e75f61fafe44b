// Which households are looked at: all or some, of a group or a grid; and the search that leads to one.
export class Looking {
  // acts: show(places), go(r, isLast): isLast gives it the focus, back(), told(at, count, words)
  constructor(sheet, acts) {
    this.sheet = sheet;
    this.acts = acts;
    this.buttons = [...document.querySelectorAll("[data-filter]")];
    this.group = document.querySelector("#of-group");
    this.grid = document.querySelector("#of-grid");
    this.search = document.querySelector("#search");
    this.buttons.forEach((button) => button.addEventListener("click", () => this.press(button.dataset.filter)));
    [this.group, this.grid].forEach((select) => select.addEventListener("change", () => this.show()));
    this.search.addEventListener("input", () => this.seek(0));
    this.search.addEventListener("keydown", (event) => this.onKey(event));
    this.at = 0;
  }

  // The groups and grids that there are, once all rows are there; a single one is no choice.
  offer() {
    this.fill(this.group, this.sheet.rows.map((row) => row.group));
    this.fill(this.grid, this.sheet.rows.map((row) => row.grid));
  }

  fill(select, names) {
    const each = [...new Set(names.filter(Boolean))];
    select.append(...each.map((name) => new Option(name, name)));
    select.hidden = each.length < 2;
  }

  get filter() {
    return this.buttons.find((button) => button.getAttribute("aria-pressed") === "true").dataset.filter;
  }

  press(filter) {
    this.buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.filter === filter)));
    this.show();
  }

  show() {
    const { filter } = this;
    const group = this.group.value;
    const grid = this.grid.value;
    const fits = (row) => (filter === "all" || row.is[filter]) && (!group || row.group === group) && (!grid || row.grid === grid);
    this.acts.show(this.sheet.rows.flatMap((row, r) => (fits(row) ? [r] : [])));
  }

  all() {
    this.group.value = "";
    this.grid.value = "";
    this.press("all");
  }

  onKey(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") this.search.value = "";
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    if (event.key === "Enter" && !event.shiftKey && this.found.length > 1) this.seek(this.at + 1);
    else if (event.key === "Enter" && this.found.length) this.acts.go(this.found[this.at], true);
    else if (event.key === "Escape") this.acts.back();
  }

  get found() {
    return this.sheet.find(this.search.value);
  }

  // Lead to a match without taking the focus from the search.
  seek(at) {
    const { found } = this;
    this.at = found.length ? at % found.length : 0;
    this.acts.told(found.length ? this.at + 1 : 0, found.length, this.search.value.trim());
    if (found.length) this.acts.go(found[this.at], false);
  }
}
