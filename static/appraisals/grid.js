// The score grid: puts the sheet, what is shown, the keys and the saving together.
import { Keys } from "./keys.js";
import { Painter, fill } from "./paint.js";
import { parseBlock, writeBlock } from "./paste.js";
import { Phone } from "./phone.js";
import { Saver } from "./saving.js";
import { Selection } from "./selection.js";
import { Sheet, parsePoints } from "./sheet.js";

const table = document.querySelector("#grid");
const words = JSON.parse(table.dataset.words);
const writes = table.dataset.writes === "1";
const saved = document.querySelector("#saved");
const undoButton = document.querySelector("#undo");
const sheet = new Sheet(table);
const painter = new Painter(sheet, words, table.dataset.deeds);
const selection = new Selection(sheet, (r, c) => painter.describe(r, c, writes ? () => fillRest(r) : null));
const phone = new Phone(sheet, words, { writes, write, fillRest });
const saver = new Saver(
  { save: table.dataset.save, undo: table.dataset.undo },
  { saved: onSaved, refusedAll: onRefusedAll, state: onState },
);

function say(text, kind = "") {
  saved.textContent = text;
  saved.className = `grid-saved ${kind}`;
}

function onState(name, count) {
  say(name === "saving" ? words.saving : fill(words.waiting, { count }), name === "waiting" ? "is-wrong" : "");
}

function repaint(rows) {
  rows.forEach((r) => {
    painter.row(r);
    phone.refresh(r);
  });
  painter.counters();
  painter.describe(selection.r, selection.c, writes ? () => fillRest(selection.r) : null);
}

function place({ household, rule }) {
  return { r: sheet.rowById.get(household), c: sheet.columnById.get(rule) };
}

// Show cells at once and send them on.
function write(cells, source) {
  if (!writes) return;
  const touched = new Set();
  cells.forEach(({ r, c, text }) => {
    if (text === sheet.text(r, c) && !sheet.cell(r, c).refused) return;
    sheet.type(r, c, text);
    touched.add(r);
    const points = parsePoints(text);
    if (Number.isNaN(points)) {
      sheet.cell(r, c).unsaved = false;
      sheet.cell(r, c).refused = fill(words.not_whole, { text });
    } else saver.put(sheet.rows[r].id, sheet.rules[c].id, text, source);
  });
  repaint(touched);
  if (!saver.pending) tellRefused();
}

function onSaved(answer, cells) {
  cells.map(place).forEach(({ r, c }) => {
    sheet.cell(r, c).unsaved = false;
  });
  answer.refused.forEach(([household, rule, why, way]) => {
    const at = place({ household, rule });
    const cell = sheet.cell(at.r, at.c);
    if (!cell.unsaved) Object.assign(cell, { refused: why, way });
  });
  const touched = new Set(answer.rows.map((row) => sheet.take(row)).filter((r) => r !== null));
  cells.forEach((cell) => touched.add(place(cell).r));
  repaint(touched);
  undoButton.disabled = !answer.undoable;
  say(fill(words.saved, { time: answer.saved_at }), "is-saved");
  tellRefused();
}

function onRefusedAll(cells, why) {
  cells.map(place).forEach(({ r, c }) => {
    sheet.cell(r, c).unsaved = false;
    sheet.cell(r, c).refused = why || words.failed;
  });
  repaint(new Set(cells.map((cell) => place(cell).r)));
  say(fill(words.stopped, { why }), "is-wrong");
}

function tellRefused() {
  const count = sheet.refusedCount();
  if (count) say(fill(words.refused, { count }), "is-wrong");
}

function fillRest(r) {
  const cells = sheet.rows[r].cells.flatMap((cell, c) => (cell.entered === null && !cell.refused ? [{ r, c, text: "0" }] : []));
  write(cells, "grid");
  if (selection.place(r) < selection.visible.length - 1) selection.go(selection.visible[selection.place(r) + 1], 0);
  else selection.go(r, selection.c);
}

async function undo() {
  const result = await saver.undo();
  if (!result) return;
  if (!result.ok) {
    say(result.answer.detail, "is-wrong");
    return;
  }
  const rows = result.answer.rows.map((row) => sheet.take(row)).filter((r) => r !== null);
  repaint(new Set(rows));
  undoButton.disabled = !result.answer.undoable;
  say(fill(words.undone, { count: rows.length }), "is-saved");
  if (rows.length) selection.go(rows[0], selection.c);
}

function paste(event) {
  if (!writes || keys.editor.isOpen || !table.contains(document.activeElement)) return;
  event.preventDefault();
  const block = parseBlock(event.clipboardData.getData("text/plain"));
  if (!block.length) return;
  const marked = selection.block();
  const one = block.length === 1 && block[0].length === 1;
  const top = selection.place(marked[0][0].r);
  const left = marked[0][0].c;
  const cells = [];
  let clipped = 0;
  if (one) marked.flat().forEach(({ r, c }) => cells.push({ r, c, text: block[0][0] }));
  else {
    block.forEach((row, down) => row.forEach((text, along) => {
      const r = selection.visible[top + down];
      if (r === undefined || left + along >= sheet.rules.length) clipped += text ? 1 : 0;
      else cells.push({ r, c: left + along, text });
    }));
  }
  write(cells, "paste");
  say([fill(words.pasted, { count: cells.length }), clipped ? fill(words.clipped, { count: clipped }) : ""].filter(Boolean).join("，"));
}

function copy(event) {
  if (keys.editor.isOpen || !table.contains(document.activeElement)) return;
  event.preventDefault();
  const rows = selection.block().map((cells) => cells.map(({ r, c }) => sheet.text(r, c)));
  event.clipboardData.setData("text/plain", writeBlock(rows));
  say(fill(words.copied, { count: rows.flat().length }));
}

function filter(button) {
  document.querySelectorAll("[data-filter]").forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
  selection.show(sheet.rows.map((_row, r) => r).filter((r) => sheet.is(r, button.dataset.filter)));
}

async function submit(event) {
  event.preventDefault();
  const gone = await saver.flush();
  if (gone && !sheet.lostCount()) window.location.assign(event.target.href);
  else say(words.unsaved, "is-wrong");
}

function firstUnfilled(event) {
  event.preventDefault();
  const r = sheet.rows.findIndex((_row, at) => sheet.is(at, "unfilled"));
  if (r < 0) return;
  filter(document.querySelector('[data-filter="all"]'));
  selection.go(r, 0);
  phone.go(r);
}

table.style.width = `${304 + 58 * sheet.rules.length}px`; // known widths keep a key press quick
const keys = new Keys(table, sheet, selection, { write, undo, fillRest }, writes);
sheet.rows.forEach((row) => row.cells.forEach((cell) => { cell.td.tabIndex = -1; }));
selection.go(0, 0, { focus: false });
document.addEventListener("paste", paste);
document.addEventListener("copy", copy);
document.querySelectorAll("[data-filter]").forEach((button) => button.addEventListener("click", () => filter(button)));
undoButton?.addEventListener("click", undo);
document.querySelector("#submit")?.addEventListener("click", submit);
document.querySelector("#first-unfilled")?.addEventListener("click", firstUnfilled);
window.addEventListener("beforeunload", (event) => {
  keys.editor.commit();
  if (saver.pending || sheet.lostCount()) event.preventDefault();
});
