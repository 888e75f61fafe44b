// The score grid: puts the sheet, what is shown, the keys, the saving and what others enter together.
import { Asked } from "./asked.js";
import { Clipboard } from "./clipboard.js";
import { Fresh } from "./fresh.js";
import { Keys } from "./keys.js";
import { Looking } from "./looking.js";
import { Painter, fill } from "./paint.js";
import { Phone } from "./phone.js";
import { fetchRest } from "./rest.js";
import { Rows } from "./rows.js";
import { Saver } from "./saving.js";
import { Selection } from "./selection.js";
import { Sheet, parsePoints } from "./sheet.js";
import { Watch } from "./watching.js";

const table = document.querySelector("#grid");
const words = JSON.parse(table.dataset.words);
const saved = document.querySelector("#saved");
const undoButton = document.querySelector("#undo");
let writes = table.dataset.writes === "1";
let beside = ""; // what is said beside the next "saved": it comes too soon after a paste for that to be read

const first = /** @type {HTMLTemplateElement} */ (document.querySelector("#sheet")).content.textContent;
const sheet = new Sheet(table, JSON.parse(first), Number(table.dataset.households));
const painter = new Painter(sheet, words, { deeds: table.dataset.deeds, penalties: table.dataset.penalties });
const rows = new Rows(document.querySelector("#scroll"), table, sheet, {
  paint: (row, r) => painter.row(row, r),
  dress: (row, r) => selection.dress(row, r),
  leave: () => {
    keys.editor.commit();
    table.focus({ preventScroll: true });
  },
});
const fresh = new Fresh(sheet, (r) => rows.repaint(r));
const selection = new Selection(sheet, rows, describe);
const keys = new Keys(rows, sheet, selection, { writes: () => writes, write, undo, fillRest, search: () => looking.search.focus() });
const saver = new Saver(
  { save: table.dataset.save, undo: table.dataset.undo },
  { saved: onSaved, refusedAll: onRefusedAll, state: onState, seen: ({ household, rule }) => cellAt({ household, rule }).seen, since: () => sheet.revision },
);

function say(text, kind = "") {
  saved.textContent = text;
  saved.className = `grid-saved ${kind}`;
}

function describe(r, c) {
  painter.describe(r, c, writes ? () => fillRest(r) : null);
}

function cellAt(at) {
  const { r, c } = sheet.place(at);
  return sheet.cell(r, c);
}

function onState(name, count) {
  say(name === "saving" ? words.saving : fill(words.waiting, { count }), name === "waiting" ? "is-wrong" : "");
}

function repaint(touched) {
  touched.forEach((r) => {
    rows.repaint(r);
    phone.refresh(r);
  });
  painter.counters();
  asked.draw();
  describe(selection.r, selection.c);
}

// Show cells at once and send them on.
function write(cells, source) {
  if (!writes) return;
  const touched = new Set();
  cells.forEach(({ r, c, text }) => {
    const cell = sheet.cell(r, c);
    if (text === sheet.text(r, c) && !cell.refused && !cell.asked) return;
    sheet.type(r, c, text);
    touched.add(r);
    if (Number.isNaN(parsePoints(text))) sheet.refuse(r, c, text, fill(words.not_whole, { text }));
    else saver.put(sheet.rows[r].id, sheet.rules[c].id, text, source);
  });
  repaint(touched);
  if (!saver.pending) tellRefused();
}

function onSaved(answer, cells) {
  const open = new Map([...answer.refused, ...answer.meanwhile].map((told) => [`${told[0]} ${told[1]}`, told]));
  const touched = new Set();
  cells.forEach((cell) => {
    const { r, c } = sheet.place(cell);
    const isWaiting = saver.isWaiting(cell);
    const told = open.get(`${cell.household} ${cell.rule}`);
    touched.add(r);
    if (!told) sheet.settle(r, c, cell.text, isWaiting);
    else if (!isWaiting && answer.refused.includes(told)) sheet.refuse(r, c, cell.text, told[2], told[3]);
    else if (!isWaiting) {
      sheet.ask(r, c, cell.text, { who: told[2], at: told[3] });
      asked.add(r, c);
    }
  });
  say(fill(words.saved, { time: answer.saved_at }) + beside, "is-saved");
  beside = "";
  hear(answer, touched, true);
  tellRefused();
}

// What an answer says of rows, of others, and of the sheet as a whole.
function hear(answer, touched = new Set(), isMine = false) {
  sheet.hear(answer, isMine).forEach((r) => touched.add(r));
  answer.marks.forEach((mark) => {
    fresh.mark(mark).forEach((r) => touched.add(r));
    if (!saved.classList.contains("is-wrong")) say(fill(words.others, mark));
  });
  if (answer.undoable !== undefined) offerUndo(answer.undoable);
  if (touched.size) repaint(touched);
  if (answer.rules !== table.dataset.rules) say(words.rules_changed, "is-wrong");
  if (answer.closed && writes) {
    writes = false;
    say(answer.closed);
    phone.draw();
  }
}

function onRefusedAll(cells, why) {
  cells.forEach((cell) => {
    const { r, c } = sheet.place(cell);
    sheet.refuse(r, c, cell.text, why || words.failed);
  });
  repaint(new Set(cells.map((cell) => sheet.place(cell).r)));
  say(fill(words.stopped, { why }), "is-wrong");
}

function tellRefused() {
  const count = sheet.wrong.size;
  if (count) say(fill(words.refused, { count }), "is-wrong");
}

function fillRest(r) {
  const cells = sheet.rows[r].cells.flatMap((cell, c) => (cell.entered === null && cell.text === undefined ? [{ r, c, text: "0" }] : []));
  write(cells, "grid");
  if (selection.place(r) < selection.visible.length - 1) selection.go(selection.visible[selection.place(r) + 1], 0);
  else selection.go(r, selection.c);
}

function offerUndo(what) {
  undoButton.disabled = !what;
  undoButton.title = what;
}

async function undo() {
  const { ok, answer } = (writes && (await saver.undo())) || {};
  if (!answer) return;
  if (!ok) {
    say(answer.detail, "is-wrong");
    return;
  }
  hear(answer, new Set(), true);
  const left = answer.meanwhile.length;
  const parts = [fill(words.undone, { count: answer.rows.length })];
  if (left) parts.push(fill(words.undone_left, { who: answer.meanwhile[0][2], count: left }));
  say(parts.join("；"), left ? "is-wrong" : "is-saved");
  if (answer.rows.length) selection.go(sheet.rowById.get(answer.rows[0].household), selection.c);
}

async function submit(event) {
  event.preventDefault();
  const gone = await saver.flush();
  if (gone && !sheet.lostCount()) window.location.assign(event.target.href);
  else say(words.unsaved, "is-wrong");
}

function go(r) {
  if (rows.placeOf.get(r) === undefined) looking.all();
  phone.go(r);
}

async function firstUnfilled(event) {
  event.preventDefault();
  await whole;
  const r = sheet.rows.findIndex((row) => row.is.unfilled);
  if (r < 0) return;
  go(r);
  selection.go(r, 0);
}

// The first rows came with the page; all others follow in one piece.
async function rest() {
  await fetchRest(sheet, table.dataset.rows);
  performance.mark("grid whole");
  looking.offer();
  looking.show();
  painter.counters();
  if (!sheet.rows[phone.r].is.unfilled) phone.go(phone.firstUnfilled());
}

const looking = new Looking(sheet, {
  show: (places) => {
    selection.show(places);
    phone.walk();
  },
  go: (r, isLast) => {
    go(r);
    rows.reveal(r);
    selection.go(r, selection.c, { focus: isLast });
  },
  back: () => selection.go(selection.r, selection.c),
  told: (at, count, wanted) => say(wanted ? fill(count ? words.found : words.not_found, { at, count, words: wanted }) : ""),
});
const asked = new Asked(sheet, words, {
  go: (r, c) => {
    go(r);
    selection.go(r, c);
  },
  leave: (places) => {
    places.forEach(({ r, c }) => sheet.leave(r, c));
    repaint(new Set(places.map(({ r }) => r)));
    say(fill(words.left_theirs, { count: places.length }));
    tellRefused();
  },
  keep: (places) => {
    const cells = places.map(({ r, c }) => ({ r, c, text: sheet.text(r, c) }));
    places.forEach(({ r, c }) => sheet.leave(r, c));
    write(cells, "grid");
  },
});
table.style.width = `${304 + 58 * sheet.rules.length}px`; // known widths keep a key press quick
rows.show(sheet.rows.map((_row, r) => r));
const phone = new Phone(sheet, words, { writes: () => writes, write, fillRest, places: () => rows.places });
if (sheet.rows.length) selection.go(0, 0, { focus: false });
const whole = rest();
new Watch(table.dataset.changes, () => sheet.revision, (answer) => hear(answer));
new Clipboard(sheet, selection, {
  isAway: () => keys.editor.isOpen || !table.contains(document.activeElement),
  whole: () => whole,
  write,
  pasted: (count, clipped) => {
    beside = clipped ? `，${fill(words.clipped, { count: clipped })}` : "";
    say(fill(words.pasted, { count }) + beside);
  },
  copied: (count) => say(fill(words.copied, { count })),
});
undoButton?.addEventListener("click", undo);
document.querySelector("#submit")?.addEventListener("click", submit);
document.querySelector("#first-unfilled")?.addEventListener("click", firstUnfilled);
document.querySelector("#print")?.addEventListener("click", () => whole.then(() => window.print()));
window.addEventListener("beforeunload", (event) => {
  keys.editor.commit();
  if (saver.pending || sheet.lostCount()) event.preventDefault();
});
table.dataset.ready = "1";
performance.mark("grid");
