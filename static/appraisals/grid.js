// The score grid: puts the sheet, what is shown, the keys, and the entering together.
import { Asked } from "./asked.js";
import { Clipboard } from "./clipboard.js";
import { Entering } from "./entering.js";
import { Fresh } from "./fresh.js";
import { Keys } from "./keys.js";
import { Looking } from "./looking.js";
import { Painter, fill } from "./paint.js";
import { Phone } from "./phone.js";
import { fetchRest } from "./rest.js";
import { Rows } from "./rows.js";
import { Selection } from "./selection.js";
import { Sheet } from "./sheet.js";
import { Stays } from "./stays.js";
import { Watch } from "./watching.js";

const table = document.querySelector("#grid");
const words = JSON.parse(table.dataset.words);

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
const keys = new Keys(rows, sheet, selection, {
  writes: () => entering.writes,
  write: (cells, source) => entering.write(cells, source),
  undo: () => entering.undo(),
  fillRest,
  search: () => looking.search.focus(),
});
const stays = new Stays(words);
const entering = new Entering(table, sheet, words, {
  repaint,
  fresh: (mark) => fresh.mark(mark),
  ask: (r, c) => asked.add(r, c),
  stays: (told) => stays.show(told),
  closed: () => phone.draw(),
  go: (r) => selection.go(r, selection.c),
  nextWrong: () => {
    const wrong = sheet.wrongAfter(selection.r, selection.c);
    if (wrong) lead(wrong.r, wrong.c);
  },
});
const { saver } = entering;
const writes = () => entering.writes;
const write = (cells, source) => entering.write(cells, source);
const say = (text, kind) => entering.say(text, kind);

function describe(r, c) {
  painter.describe(r, c, entering.writes ? () => fillRest(r) : null);
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

function fillRest(r) {
  if (rows.placeOf.get(r) === undefined) return; // a filter hides the household: what is not seen is not filled
  entering.fillRest(r);
  if (selection.place(r) < selection.visible.length - 1) selection.go(selection.visible[selection.place(r) + 1], 0);
  else selection.go(r, selection.c);
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

function lead(r, c) {
  go(r);
  selection.go(r, c);
  phone.point(c);
}

async function firstUnfilled(event) {
  event.preventDefault();
  await whole;
  const r = sheet.rows.findIndex((row) => row.is.unfilled);
  if (r < 0) return;
  go(r);
  selection.go(r, 0);
}

// What a link asked to be shown, once; afterwards what was pressed.
function asksFor() {
  const wanted = new URLSearchParams(window.location.search).get("show");
  return looking.buttons.some((button) => button.dataset.filter === wanted) ? wanted : looking.filter;
}

// The first rows came with the page; all others follow in one piece.
async function rest() {
  await fetchRest(sheet, table.dataset.rows);
  performance.mark("grid whole");
  looking.offer();
  looking.press(asksFor());
  painter.counters();
  entering.takeUp();
  if (!sheet.rows[phone.r].is.unfilled) phone.go(phone.firstUnfilled());
}

const looking = new Looking(sheet, {
  show: (places) => {
    selection.show(places);
    phone.walk();
    if (!places.length) say(words.none_fit);
    entering.tellRefused();
  },
  go: (r, isLast) => {
    go(r);
    rows.reveal(r);
    selection.go(r, selection.c, { focus: isLast });
  },
  back: () => selection.go(selection.r, selection.c),
  told: (at, count, wanted) => {
    say(wanted ? fill(count ? words.found : words.not_found, { at, count, words: wanted }) : "");
    if (!wanted) entering.tellRefused();
  },
});
const asked = new Asked(sheet, words, {
  go: lead,
  leave: (places) => entering.leave(places),
  keep: (places) => entering.keep(places),
});
table.style.width = `${304 + 58 * sheet.rules.length}px`; // known widths keep a key press quick
rows.show(sheet.rows.map((_row, r) => r));
const phone = new Phone(sheet, words, { writes, write, fillRest, places: () => rows.places });
if (sheet.rows.length) selection.go(0, 0, { focus: false });
const whole = rest();
new Watch(table.dataset.changes, () => sheet.revision, (answer) => entering.hear(answer));
new Clipboard(sheet, selection, {
  isAway: () => keys.editor.isOpen || !table.contains(document.activeElement),
  whole: () => whole,
  write,
  pasted: (count, clipped) => {
    entering.beside = clipped ? `，${fill(words.clipped, { count: clipped })}` : "";
    say(fill(words.pasted, { count }) + entering.beside);
  },
  copied: (count) => say(fill(words.copied, { count })),
});
document.querySelector("#submit")?.addEventListener("click", submit);
document.querySelector("#first-unfilled")?.addEventListener("click", firstUnfilled);
document.querySelector("#print")?.addEventListener("click", () => whole.then(() => window.print()));
window.addEventListener("beforeunload", (event) => {
  keys.editor.commit();
  if (entering.isOpen) event.preventDefault();
});
table.dataset.ready = "1";
performance.mark("grid");
