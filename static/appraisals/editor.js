// The field inside a cell. Typed over, arrows go on to the next cell; opened with F2, they move in the text.
export class Editor {
  constructor(sheet, rows, onCommit) {
    this.sheet = sheet;
    this.rows = rows;
    this.onCommit = onCommit;
    this.input = null;
  }

  get isOpen() {
    return this.input !== null;
  }

  get keepsArrows() {
    return this.isOpen && this.inPlace;
  }

  open(r, c, text) {
    const td = this.rows.td(r, c);
    if (this.isOpen || !td) return;
    this.r = r;
    this.c = c;
    this.inPlace = text === undefined;
    this.sheet.hold(r, c, true);
    this.before = this.sheet.text(r, c);
    const input = document.createElement("input");
    input.inputMode = "numeric";
    input.autocomplete = "off";
    input.value = text ?? this.before;
    input.setAttribute("aria-label", `${this.sheet.rows[r].name} ${this.sheet.rules[c].name}`);
    this.input = input;
    td.append(input);
    input.focus();
    if (this.inPlace) input.select();
    else input.setSelectionRange(input.value.length, input.value.length);
  }

  // Keep what was typed, if it is anything else than before.
  commit() {
    if (!this.isOpen) return;
    const text = this.input.value.trim();
    this.close();
    if (text !== this.before) this.onCommit(this.r, this.c, text);
    this.sheet.hold(this.r, this.c, false);
  }

  cancel() {
    if (!this.isOpen) return;
    this.close();
    this.sheet.hold(this.r, this.c, false);
  }

  close() {
    const { input } = this;
    this.input = null;
    input.remove();
  }
}
