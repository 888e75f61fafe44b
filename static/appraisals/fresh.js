// Cells that somebody else has just entered: marked for a moment, and who it was can be asked as long as the page is open.
const FRESH_MS = 8000;

export class Fresh {
  constructor(sheet, repaint) {
    this.sheet = sheet;
    this.repaint = repaint;
  }

  // Mark what somebody saved; return the rows that are to be painted.
  mark({ who, at, cells }) {
    const places = cells.map(([household, rule]) => this.sheet.place({ household, rule }));
    const known = places.filter(({ r, c }) => r !== undefined && c !== undefined);
    const by = { who, at, isFresh: true };
    known.forEach(({ r, c }) => {
      this.sheet.cell(r, c).by = by;
    });
    const touched = new Set(known.map(({ r }) => r));
    setTimeout(() => {
      by.isFresh = false;
      touched.forEach((r) => this.repaint(r));
    }, FRESH_MS);
    return touched;
  }
}
