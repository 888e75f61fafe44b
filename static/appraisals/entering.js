// Entering points: shown at once, kept in this browser, sent on; what the server answers and what others enter is said.
import { fill } from "./paint.js";
import { Kept } from "./kept.js";
import { Saver } from "./saving.js";
import { parsePoints } from "./sheet.js";

export class Entering {
  // shown: repaint(rows), fresh(mark), ask(r, c), stays(told), closed(), go(r), nextWrong()
  constructor(table, sheet, words, shown) {
    const { save, undo, writes, rules, kept } = table.dataset;
    this.sheet = sheet;
    this.words = words;
    this.shown = shown;
    this.rules = rules;
    this.writes = writes === "1";
    this.kept = new Kept(kept);
    this.told = document.querySelector("#saved");
    this.undoButton = document.querySelector("#undo");
    this.beside = ""; // what is said beside the next "saved": it comes too soon after a paste for that to be read
    this.saver = new Saver(
      { save, undo },
      {
        saved: (answer, cells) => this.onSaved(answer, cells),
        refusedAll: (cells, why) => this.onRefusedAll(cells, why),
        state: (name, count) => this.onState(name, count),
        seen: (at) => this.cellAt(at).seen,
        since: () => sheet.revision,
      },
    );
    this.undoButton?.addEventListener("click", () => this.undo());
  }

  get isOpen() {
    return this.saver.pending > 0 || this.sheet.lostCount() > 0;
  }

  say(text, kind = "") {
    this.told.textContent = text;
    this.told.className = `grid-saved ${kind}`;
  }

  cellAt(at) {
    const { r, c } = this.sheet.place(at);
    return this.sheet.cell(r, c);
  }

  onState(name, count) {
    const waits = name === "waiting";
    this.say(waits ? fill(this.words.waiting, { count }) : this.words.saving, waits ? "is-wrong" : "");
  }

  // Show cells at once and send them on.
  write(cells, source) {
    if (!this.writes) return;
    const { sheet } = this;
    const touched = new Set();
    cells.forEach(({ r, c, text }) => {
      const cell = sheet.cell(r, c);
      if (text === sheet.text(r, c) && !cell.refused && !cell.asked) return;
      sheet.type(r, c, text);
      touched.add(r);
      if (Number.isNaN(parsePoints(text))) sheet.refuse(r, c, text, fill(this.words.not_whole, { text }));
      else this.put(r, c, text, source);
    });
    this.shown.repaint(touched);
    if (!this.saver.pending) this.tellRefused();
  }

  put(r, c, text, source) {
    const cell = { household: this.sheet.rows[r].id, rule: this.sheet.rules[c].id, text };
    this.kept.keep(cell, this.sheet.cell(r, c).seen);
    this.saver.put(cell.household, cell.rule, text, source);
  }

  // Nothing more for a household: 0 beside what records bring. A penalty takes nothing off before it was heard, and may be
  // withdrawn or counted elsewhere, so its cell is filled too; what was typed there stays to be seen, with its way.
  fillRest(r) {
    if (!this.writes) return;
    const { sheet } = this;
    const blank = [];
    sheet.rows[r].cells.forEach((cell, c) => {
      const text = String(cell.deeds);
      const isPenalty = sheet.rules[c].points < 0 && cell.typed === null && (cell.text === undefined || cell.way);
      if (sheet.isBlank(r, c)) blank.push({ r, c, text });
      else if (isPenalty) this.put(r, c, text, "grid");
    });
    this.write(blank, "grid");
  }

  onSaved(answer, cells) {
    const { sheet } = this;
    const open = new Map([...answer.refused, ...answer.meanwhile].map((told) => [`${told[0]} ${told[1]}`, told]));
    const touched = new Set();
    cells.forEach((cell) => {
      const { r, c } = sheet.place(cell);
      const isWaiting = this.saver.isWaiting(cell);
      const told = open.get(`${cell.household} ${cell.rule}`);
      touched.add(r);
      if (!told) {
        sheet.settle(r, c, cell.text, isWaiting);
        this.kept.drop(cell);
        if (isWaiting) this.kept.keep({ ...cell, text: sheet.text(r, c) }, sheet.cell(r, c).seen);
      } else if (!isWaiting && answer.refused.includes(told)) {
        sheet.refuse(r, c, cell.text, told[2], told[3]);
        if (told[3]) this.kept.drop(cell);
      } else if (!isWaiting) {
        sheet.ask(r, c, cell.text, { who: told[2], at: told[3] });
        this.shown.ask(r, c);
      }
    });
    this.say(fill(this.words.saved, { time: answer.saved_at }) + this.beside, "is-saved");
    this.beside = "";
    this.hear(answer, touched, true);
    this.tellRefused();
  }

  // What an answer says of rows, of others, and of the sheet as a whole.
  hear(answer, touched = new Set(), isMine = false) {
    this.sheet.hear(answer, isMine).forEach((r) => touched.add(r));
    answer.marks.forEach((mark) => {
      this.shown.fresh(mark).forEach((r) => touched.add(r));
      if (!this.told.classList.contains("is-wrong")) this.say(fill(this.words.others, mark));
    });
    if (answer.undoable !== undefined) this.offerUndo(answer.undoable);
    if (touched.size) this.shown.repaint(touched);
    if (answer.rules !== this.rules) this.say(this.words.rules_changed, "is-wrong");
    if (answer.closed && this.writes) {
      this.writes = false;
      this.say(answer.closed);
      this.shown.closed();
    }
  }

  onRefusedAll(cells, why) {
    const places = cells.map((cell) => ({ ...this.sheet.place(cell), text: cell.text }));
    places.forEach(({ r, c, text }) => this.sheet.refuse(r, c, text, why || this.words.failed));
    this.shown.repaint(new Set(places.map(({ r }) => r)));
    this.say(fill(this.words.stopped, { why }), "is-wrong");
  }

  tellRefused() {
    const count = this.sheet.wrong.size;
    if (!count) return;
    const next = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: this.words.next_wrong });
    next.addEventListener("click", () => this.shown.nextWrong());
    this.say(fill(this.words.refused, { count }), "is-wrong");
    this.told.append(next);
  }

  // Leave cells as somebody else has them, or say that what was typed here holds.
  leave(places) {
    places.forEach(({ r, c }) => this.forget(r, c));
    this.shown.repaint(new Set(places.map(({ r }) => r)));
    this.say(fill(this.words.left_theirs, { count: places.length }));
    this.tellRefused();
  }

  keep(places) {
    const cells = places.map(({ r, c }) => ({ r, c, text: this.sheet.text(r, c) }));
    places.forEach(({ r, c }) => this.forget(r, c));
    this.write(cells, "grid");
  }

  forget(r, c) {
    this.kept.drop({ household: this.sheet.rows[r].id, rule: this.sheet.rules[c].id, text: this.sheet.text(r, c) });
    this.sheet.leave(r, c);
  }

  // Go on with what an earlier page could not send, as if it were typed now over what was seen then.
  takeUp() {
    const { sheet, words } = this;
    const left = this.kept.left();
    const known = left.map((cell) => ({ ...sheet.place(cell), ...cell })).filter(({ r, c }) => r !== undefined && c !== undefined);
    const open = known.filter(({ r, c, text }) => sheet.cell(r, c).text === undefined && sheet.text(r, c) !== text);
    if (left.length > known.length) this.say(fill(words.kept_unknown, { count: left.length - known.length }), "is-wrong");
    left.filter((cell) => !open.some((one) => one.household === cell.household && one.rule === cell.rule)).forEach((cell) => this.kept.drop(cell));
    if (!open.length) return;
    if (!this.writes) {
      this.say(`${this.told.textContent}　${fill(words.kept_closed, { count: open.length })}`, "is-wrong");
      return;
    }
    const time = new Date(open[0].at).toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
    this.beside = `，${fill(words.kept_sent, { count: open.length, time })}`;
    open.forEach(({ r, c, seen }) => {
      sheet.cell(r, c).seen = seen;
    });
    this.write(open, "grid");
  }

  offerUndo(what) {
    this.undoButton.disabled = !what;
    this.undoButton.title = what;
  }

  async undo() {
    const { words } = this;
    const { ok, answer } = (this.writes && (await this.saver.undo())) || {};
    if (!answer) return;
    if (!ok) {
      this.say(answer.detail, "is-wrong");
      return;
    }
    this.hear(answer, new Set(), true);
    const left = answer.meanwhile.length;
    const { gone = 0, told = [] } = answer.penalties ?? {};
    const parts = [fill(words.undone, { count: answer.rows.length })];
    if (gone) parts.push(fill(words.penalties_gone, { count: gone }));
    if (told.length) parts.push(fill(words.penalties_stay, { count: told.length }));
    if (left) parts.push(fill(words.undone_left, { who: answer.meanwhile[0][2], count: left }));
    this.say(parts.join("；"), left || told.length ? "is-wrong" : "is-saved");
    this.shown.stays(told);
    if (answer.rows.length) this.shown.go(this.sheet.rowById.get(answer.rows[0].household));
  }
}
