// Copying a block out of the grid and pasting one into it, as WPS and Excel do.
import { parseBlock, writeBlock } from "./paste.js";

export class Clipboard {
  // acts: isAway(): the clipboard is not the grid's now; whole(): all rows are there; write(cells, source);
  // pasted(count, clipped), copied(count)
  constructor(sheet, selection, acts) {
    this.sheet = sheet;
    this.selection = selection;
    this.acts = acts;
    document.addEventListener("paste", (event) => this.paste(event));
    document.addEventListener("copy", (event) => this.copy(event));
  }

  async paste(event) {
    if (this.acts.isAway()) return;
    event.preventDefault();
    const block = parseBlock(event.clipboardData.getData("text/plain"));
    if (!block.length) return;
    await this.acts.whole();
    const marked = this.selection.block();
    const { cells, clipped } = block.length === 1 && block[0].length === 1 ? this.spread(marked, block[0][0]) : this.lay(marked, block);
    this.acts.write(cells, "paste");
    this.acts.pasted(cells.length, clipped);
  }

  spread(marked, text) {
    return { cells: marked.flat().map(({ r, c }) => ({ r, c, text })), clipped: 0 };
  }

  // What hangs over the sheet's edge is not pasted, and is counted.
  lay(marked, block) {
    const top = this.selection.place(marked[0][0].r);
    const left = marked[0][0].c;
    const cells = [];
    let clipped = 0;
    block.forEach((row, down) => row.forEach((text, along) => {
      const r = this.selection.visible[top + down];
      if (r === undefined || left + along >= this.sheet.rules.length) clipped += text ? 1 : 0;
      else cells.push({ r, c: left + along, text });
    }));
    return { cells, clipped };
  }

  copy(event) {
    if (this.acts.isAway()) return;
    event.preventDefault();
    const rows = this.selection.block().map((cells) => cells.map(({ r, c }) => this.sheet.text(r, c)));
    event.clipboardData.setData("text/plain", writeBlock(rows));
    this.acts.copied(rows.flat().length);
  }
}
