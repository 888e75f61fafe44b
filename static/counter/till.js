// The counter (兑换台): scan a voucher, tap goods, confirm. This module ties the others together.
import { Basket } from "./basket.js";
import { books } from "./books.js";
import { drawBasket, drawShelf, drawSums, drawVouchers, tell } from "./draw.js";
import { yes } from "../web/feedback.js";
import { drawGo, onGo } from "./go.js";
import { listen } from "../web/gun.js";
import { Picking } from "./picking.js";
import { ProxySheet } from "./proxy.js";
import { redeem } from "./redeem.js";
import { acceptVoucher, clearResult, refuse } from "./result.js";
import { Shelf } from "./shelf.js";
import { Slips } from "./slips-view.js";
import { offerSpeech } from "./speech.js";
import { mayBeCode, whyUnread } from "./unread.js";
import { Viewfinder } from "../web/viewfinder.js";
import { addVoucher, refreshVouchers } from "./voucher.js";
import { fill } from "./words.js";

const root = document.getElementById("till");
const [go, find, code, scanner] = ["go", "find", "code", "scanner"].map((id) => document.getElementById(id));
const [main, shelfPlace] = ["main", "shelf"].map((id) => document.getElementById(id));
const words = JSON.parse(root.dataset.words);
const desk = matchMedia("(min-width: 1080px)");

const till = {
  root,
  words,
  books,
  basket: new Basket(books.place, books.keeps),
  shelf: new Shelf(books.goods()),
  busy: false,
  draw,
  /** The books have it: show its slip, here or on its own page. */
  finish(answer) {
    if (slips) slips.show(answer);
    else location.assign(answer.page);
  },
  refreshVouchers: () => refreshVouchers(till),
  async refreshShelf() {
    if (!(await books.refresh())) return [];
    till.shelf.replace(books.goods());
    return till.shelf.settle(till.basket, words);
  },
};
const { basket, shelf } = till;
const slips = books.offline ? new Slips(books, words, draw, watchFor) : null;
const picking = new Picking(draw);
const proxy = new ProxySheet(basket, words, draw);
const viewfinder = new Viewfinder(root.dataset.detector, words, (text) => scanned(text, "seen"), draw);

const isIdle = () => !till.busy && !basket.vouchers.length && !slips?.open;
const isLocked = () => till.busy || basket.sent !== null || proxy.sheet.open;

/** What the red button says and does now: always the next thing to do. */
function nextAct() {
  if (slips?.open) return slips.next;
  if (till.busy) return { label: words.sending, act: null };
  if (basket.sent) return { label: words.again, act: () => redeem(till) };
  if (picking.open) return { label: words.picked, act: () => picking.end() };
  if (!basket.vouchers.length) return { label: words.scan, act: openScanner };
  if (!basket.pieces) return { label: words.pick, act: openShelf };
  if (basket.total > basket.budget) {
    return { label: fill(words.another, { points: basket.total - basket.budget }), act: openScanner, long: true };
  }
  if (basket.total < books.minimum) return { label: words.more, act: openShelf };
  return { label: words.confirm, act: () => redeem(till) };
}

function draw() {
  drawVouchers(basket, words);
  drawBasket(basket, shelf, words);
  drawShelf(basket, shelf, words, find.value);
  drawSums(basket, words, books.minimum);
  proxy.show(basket.vouchers.length > 0 && basket.pieces > 0 && basket.sent === null);
  const next = nextAct();
  drawGo(next);
  const closed = basket.vouchers.length > 0 && !scanner.dataset.open;
  scanner.hidden = closed || basket.sent !== null;
  go.hidden = next.act === openScanner && viewfinder.running && !scanner.hidden;
  document.getElementById("scanner-close").hidden = !basket.vouchers.length;
  document.getElementById("scanner-title").hidden = basket.vouchers.length > 0;
  root.classList.toggle("is-locked", isLocked());
  root.classList.toggle("has-voucher", basket.vouchers.length > 0);
  document.body.classList.toggle("has-goods", basket.pieces > 0);
}

function openScanner() {
  picking.end();
  scanner.dataset.open = "1";
  draw();
  viewfinder.start();
  scanner.scrollIntoView({ block: "nearest" });
}

/** Put the scanner away; who calls this draws. The focus does not go down with it. */
function leaveScanner() {
  if (scanner.contains(document.activeElement)) go.focus({ preventScroll: true });
  delete scanner.dataset.open;
  viewfinder.stop();
}

function openShelf() {
  if (desk.matches) {
    find.focus();
    return;
  }
  leaveScanner();
  picking.begin();
}

/** Put one more of a good in the basket, or one less; return "", or why not. */
function putOne(good, more = 1) {
  if (isLocked()) return "";
  const wanted = basket.count(good.id) + more;
  if (wanted > good.quantity) return fill(words.too_few, { name: good.name, left: good.quantity, unit: good.unit_name });
  tell("good", "");
  basket.put(good, wanted);
  draw();
  return "";
}

let looking = false;

/**
 * Take whatever a camera, a gun or a hand gave: a good's barcode, or a voucher.
 * @param {string} text
 * @param {import("./unread.js").How} how
 */
async function scanned(text, how) {
  if (isLocked() || looking || (how !== "meddled" && !text.trim())) return;
  clearResult();
  const good = shelf.byBarcode(text);
  const why = good ? null : whyUnread(text, how);
  if (good) goodScanned(good);
  else if (why) refuse(why.sentence === "no_barcode" ? words.no_good : words.unread, fill(words[why.sentence], why.values));
  else await voucherScanned(text);
}

function goodScanned(good) {
  const why = putOne(good);
  if (why) {
    refuse(words.no_more, why);
    return;
  }
  yes();
  viewfinder.tell(fill(words.put, { name: good.name, count: basket.count(good.id), unit: good.unit_name }));
}

async function voucherScanned(text) {
  looking = true;
  const voucher = await addVoucher(till, text).finally(() => (looking = false));
  if (!voucher) return;
  code.value = "";
  leaveScanner();
  if (!basket.pieces && !desk.matches && !picking.open) openShelf();
  else draw();
  for (const place of [document.scrollingElement, main, shelfPlace]) place.scrollTop = 0;
  acceptVoucher(voucher, basket.budget, words);
}

function onBasket(event) {
  const act = event.target.closest("[data-act]")?.dataset.act;
  const good = shelf.get(event.target.closest("[data-id]")?.dataset.id);
  if (act === "shelf") openShelf();
  else if (act && good) tell("wait", putOne(good, act === "less" ? -1 : 1));
}

function onVouchers(event) {
  const row = event.target.closest("[data-act=drop]")?.closest("[data-id]");
  if (!row || isLocked()) return;
  basket.dropVoucher(row.dataset.id);
  draw();
}

function on(id, kind, act) {
  document.getElementById(id).addEventListener(kind, act);
}

onGo(() => nextAct().act?.());
on("basket", "click", onBasket);
on("goods", "click", onBasket);
on("vouchers", "click", onVouchers);
on("find", "input", drawSoon);
on("find", "keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  const found = shelf.matching(find.value);
  const good = shelf.byBarcode(find.value) ?? (found.length === 1 && found[0].quantity > 0 ? found[0] : null);
  if (!find.value.trim() || (!good && (found.length || !mayBeCode(find.value)))) return;
  const text = find.value;
  find.value = "";
  drawSoon();
  if (good) tell("wait", putOne(good));
  else scanned(text, "typed");
});
on("typed", "submit", (event) => {
  event.preventDefault();
  scanned(code.value, "typed");
});
on("scanner-close", "click", () => {
  leaveScanner();
  draw();
});
on("scan-good", "click", openScanner);
on("another", "click", () => isLocked() || openScanner());
on("replace", "click", () => {
  if (isLocked()) return;
  basket.dropVouchers();
  openScanner();
});
desk.addEventListener("change", () => picking.end());
addEventListener("pagehide", () => viewfinder.stop());
addEventListener("pageshow", (event) => event.persisted && location.reload());
listen(scanned);
offerSpeech(document.querySelector("#speak"));

/** Hold the camera ready for the next voucher, where it may be used. */
async function watchFor() {
  if (!basket.vouchers.length && (await viewfinder.camera.allowed()) && !slips?.open) viewfinder.start();
}

let drawing = 0;

/** Draw once for all that a gun or a quick hand types before the next picture. */
function drawSoon() {
  drawing ||= requestAnimationFrame(() => {
    drawing = 0;
    draw();
  });
}

if (slips && books.has(basket.key)) basket.done(); // it has happened, and the browser was killed before it was put away
books.watch(() => {
  shelf.replace(books.goods());
  drawSoon();
  if (isIdle()) slips?.showUnseen();
}, isIdle);
if (basket.sent) redeem(till);
else tell("wait", shelf.settle(basket, words));
if (!basket.sent) slips?.showUnseen();
draw();
watchFor();
