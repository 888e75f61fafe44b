// The keyboard as in a spreadsheet: arrows, Enter, Tab, F2, Esc, Delete, and typing over.
import { Editor } from "./editor.js";

const STARTS = /^[0-9０-９+\-－−.]$/;
const DIGIT = /^(?:Digit|Numpad)(\d)$/;
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const PAGE_ROWS = 10;

export class Keys {
  // acts: writes(), write(cells, source), undo(), fillRest(r), search()
  constructor(rows, sheet, selection, acts) {
    const { table } = rows;
    this.rows = rows;
    this.sheet = sheet;
    this.selection = selection;
    this.acts = acts;
    this.editor = new Editor(sheet, rows, (r, c, text) => acts.write([{ r, c, text }], "grid"));
    this.runFrom = null;
    table.addEventListener("keydown", (event) => this.onKey(event));
    table.addEventListener("mousedown", (event) => this.onPress(event));
    table.addEventListener("mouseover", (event) => this.onDrag(event));
    table.addEventListener("dblclick", () => this.edit());
    table.addEventListener("focusout", (event) => {
      if (this.editor.isOpen && event.target === this.editor.input) this.editor.commit();
    });
  }

  placeOf(target) {
    const td = target.closest("tbody td:not(.pin)");
    return td ? this.rows.at(td) : null;
  }

  onPress(event) {
    const place = this.placeOf(event.target);
    if (!place || event.button !== 0 || event.target === this.editor.input) return;
    event.preventDefault();
    this.editor.commit();
    this.runFrom = null;
    this.selection.go(place.r, place.c, { extend: event.shiftKey });
  }

  onDrag(event) {
    if (event.buttons !== 1 || this.editor.isOpen) return;
    const place = this.placeOf(event.target);
    if (place) this.selection.go(place.r, place.c, { extend: true });
  }

  edit(text) {
    this.rows.reveal(this.selection.r);
    if (this.acts.writes()) this.editor.open(this.selection.r, this.selection.c, text);
  }

  onKey(event) {
    if (event.isComposing || event.altKey) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "z") return this.done(event, () => this.acts.undo());
    if (command && event.key.toLowerCase() === "f") return this.done(event, () => this.leave(() => this.acts.search()));
    if (this.moved(event, command)) return;
    if (command || this.editor.isOpen) return;
    if (event.key === "F2") this.done(event, () => this.edit());
    else if (event.key === "Delete" || event.key === "Backspace") this.done(event, () => this.clear());
    else if (STARTS.test(event.key)) this.done(event, () => this.edit(event.key));
    else if (event.key === "Process" && DIGIT.test(event.code)) {
      this.done(event, () => this.edit(DIGIT.exec(event.code)[1])); // a Chinese input method holds the key back
    }
  }

  // Keys that lead elsewhere; an open editor keeps what was typed first, or with Esc throws it away.
  moved(event, command) {
    const { key, shiftKey } = event;
    if (key === "Escape") return this.done(event, () => this.escape());
    if (key === "Enter" && command) return this.done(event, () => this.leave(() => this.acts.fillRest(this.selection.r)));
    if (key === "Enter") return this.done(event, () => this.leave(() => this.enter(shiftKey ? -1 : 1)));
    if (key === "Tab") return this.done(event, () => this.leave(() => this.tab(shiftKey ? -1 : 1)));
    if (this.editor.keepsArrows && (key in ARROWS || key === "Home" || key === "End")) return true;
    if (key in ARROWS) return this.done(event, () => this.leave(() => this.arrow(key, shiftKey, command)));
    if (key === "PageDown" || key === "PageUp") {
      return this.done(event, () => this.leave(() => this.selection.move(key === "PageDown" ? PAGE_ROWS : -PAGE_ROWS, 0)));
    }
    if (key === "Home" || key === "End") return this.done(event, () => this.leave(() => this.far(key, command)));
    return false;
  }

  done(event, act) {
    event.preventDefault();
    act();
    return true;
  }

  leave(act) {
    this.editor.commit();
    act();
  }

  escape() {
    this.editor.cancel();
    this.selection.go(this.selection.r, this.selection.c);
  }

  // Down to the next household, in the column where a run of Tabs began.
  enter(by) {
    const c = this.runFrom ?? this.selection.c;
    this.runFrom = null;
    this.selection.move(by, c - this.selection.c);
  }

  tab(by) {
    this.runFrom ??= this.selection.c;
    this.selection.step(by);
  }

  arrow(key, extend, command) {
    this.runFrom = null;
    const [rows, columns] = ARROWS[key];
    const far = command ? 100000 : 1;
    this.selection.move(rows * far, columns * far, { extend });
  }

  far(key, command) {
    this.runFrom = null;
    this.selection.move(command ? (key === "Home" ? -100000 : 100000) : 0, key === "Home" ? -100000 : 100000);
  }

  clear() {
    if (!this.acts.writes()) return;
    const cells = this.selection.block().flat().map(({ r, c }) => ({ r, c, text: "" }));
    this.acts.write(cells, "grid");
  }
}
