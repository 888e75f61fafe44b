// The counter (兑换台): scan a voucher, tap goods, confirm. This module ties the others together.
import { ask } from "./ask.js";
import { Basket } from "./basket.js";
import { drawBasket, drawShelf, drawSums, drawVouchers, tell } from "./draw.js";
import { listen } from "./gun.js";
import { redeem } from "./redeem.js";
import { Camera } from "./scan.js";
import { isPacketCode, Shelf } from "./shelf.js";
import { addVoucher, refreshVouchers } from "./voucher.js";
import { fill } from "./words.js";

const root = document.getElementById("till");
const [go, find, code, scanner, main] = ["go", "find", "code", "scanner", "main"].map((id) => document.getElementById(id));
const cameraWords = document.getElementById("camera-words");
const words = JSON.parse(root.dataset.words);
const minimum = Number(root.dataset.minimum);
const desk = matchMedia("(min-width: 1080px)");

const till = {
  root,
  words,
  basket: new Basket(root.dataset.place),
  shelf: new Shelf(JSON.parse(root.dataset.goods)),
  busy: false,
  draw,
  leave: (url) => location.assign(url),
  refreshVouchers: () => refreshVouchers(till),
  async refreshShelf() {
    const answer = await ask(root.dataset.shelf);
    if (!answer.ok) return [];
    till.shelf.replace(answer.data.goods);
    return till.shelf.settle(till.basket, words);
  },
};
const { basket, shelf } = till;
const camera = new Camera(document.querySelector("#camera"), root.dataset.detector, scanned);

const isPicking = () => document.body.classList.contains("is-picking");
const isLocked = () => till.busy || basket.sent !== null;

/** What the red button says and does now: always the next thing to do. */
function nextAct() {
  if (till.busy) return { label: words.sending, act: null };
  if (basket.sent) return { label: words.again, act: () => redeem(till) };
  if (isPicking()) return { label: words.picked, act: () => history.back() };
  if (!basket.vouchers.length) return { label: words.scan, act: openScanner };
  if (!basket.pieces) return { label: words.pick, act: openShelf };
  if (basket.total > basket.budget) {
    return { label: fill(words.another, { points: basket.total - basket.budget }), act: openScanner, long: true };
  }
  if (basket.total < minimum) return { label: words.more, act: openShelf };
  return { label: words.confirm, act: () => redeem(till) };
}

function draw() {
  drawVouchers(basket, words);
  drawBasket(basket, shelf, words);
  drawShelf(basket, shelf, words, find.value);
  drawSums(basket, words, minimum);
  const { label, act, long = false } = nextAct();
  go.classList.toggle("modest", long);
  go.textContent = label;
  go.disabled = act === null;
  const closed = basket.vouchers.length > 0 && !scanner.dataset.open;
  scanner.hidden = closed || basket.sent !== null;
  go.hidden = act === openScanner && camera.running && !scanner.hidden;
  document.getElementById("scanner-close").hidden = !basket.vouchers.length;
  document.getElementById("scanner-title").hidden = basket.vouchers.length > 0;
  root.classList.toggle("is-locked", isLocked());
  root.classList.toggle("has-voucher", basket.vouchers.length > 0);
  document.body.classList.toggle("has-goods", basket.pieces > 0);
}

function openScanner() {
  if (isPicking()) history.back();
  scanner.dataset.open = "1";
  draw();
  startCamera();
  scanner.scrollIntoView({ block: "nearest" });
}

function closeScanner() {
  delete scanner.dataset.open;
  camera.stop();
  drawCamera("");
  draw();
}

async function startCamera() {
  cameraWords.textContent = "";
  drawCamera(await camera.start());
  draw();
}

function drawCamera(trouble) {
  camera.video.hidden = !camera.running;
  document.getElementById("camera-start").hidden = camera.running;
  const why = { denied: words.camera_denied, none: words.camera_none, unsafe: words.camera_unsafe };
  cameraWords.textContent = trouble ? why[trouble] : camera.running ? words.aim : "";
  if (trouble) code.focus();
}

function openShelf() {
  if (desk.matches) {
    find.focus();
    return;
  }
  closeScanner();
  history.pushState({ picking: true }, "");
  pick(true);
}

/** On a phone the shelf lies over the basket; the phone's own way back closes it. */
function pick(open) {
  document.body.classList.toggle("is-picking", open);
  main.inert = open;
  draw();
  if (!open) go.focus({ preventScroll: true });
}

function putOne(good, more = 1) {
  if (isLocked()) return;
  const wanted = basket.count(good.id) + more;
  if (wanted > good.quantity) {
    tell("wait", fill(words.too_few, { name: good.name, left: good.quantity, unit: good.unit_name }));
    return;
  }
  tell("good", "");
  basket.put(good, wanted);
  draw();
}

let looking = false;

/** Take whatever a camera, a gun or a hand gave: a good's barcode, or a voucher. */
async function scanned(text) {
  if (isLocked() || looking || !text.trim()) return;
  const good = shelf.byBarcode(text);
  if (good) {
    putOne(good);
    return;
  }
  if (isPacketCode(text)) {
    tell("wait", fill(words.no_barcode, { code: text.trim() }));
    return;
  }
  looking = true;
  const added = await addVoucher(till, text).finally(() => (looking = false));
  if (added) {
    code.value = "";
    closeScanner();
    scrollTo({ top: 0 });
    if (!basket.pieces && !desk.matches && !isPicking()) openShelf();
  }
  draw();
}

function onBasket(event) {
  const act = event.target.closest("[data-act]")?.dataset.act;
  const good = shelf.get(event.target.closest("[data-id]")?.dataset.id);
  if (act === "shelf") openShelf();
  else if (act && good) putOne(good, act === "less" ? -1 : 1);
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

on("go", "click", () => nextAct().act?.());
on("basket", "click", onBasket);
on("goods", "click", onBasket);
on("vouchers", "click", onVouchers);
on("find", "input", draw);
on("find", "keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  const found = shelf.matching(find.value);
  const good = shelf.byBarcode(find.value) ?? (found.length === 1 && found[0].quantity > 0 ? found[0] : null);
  if (!find.value.trim() || (!good && found.length)) return;
  const text = find.value;
  find.value = "";
  if (good) putOne(good);
  else scanned(text);
});
on("typed", "submit", (event) => {
  event.preventDefault();
  scanned(code.value);
});
on("camera-start", "click", startCamera);
on("scanner-close", "click", closeScanner);
on("scan-good", "click", openScanner);
on("another", "click", () => isLocked() || openScanner());
on("replace", "click", () => {
  if (isLocked()) return;
  basket.dropVouchers();
  openScanner();
});
addEventListener("popstate", () => pick(false));
desk.addEventListener("change", () => isPicking() && history.back());
addEventListener("keydown", (event) => event.key === "Escape" && isPicking() && history.back());
for (const kind of ["online", "offline"]) addEventListener(kind, drawLine);
addEventListener("pagehide", () => camera.stop());
addEventListener("pageshow", (event) => event.persisted && location.reload());
listen(scanned);

function drawLine() {
  document.getElementById("offline").hidden = navigator.onLine;
}

drawLine();
if (basket.sent) redeem(till);
else tell("wait", shelf.settle(basket, words));
draw();
if (!basket.vouchers.length && (await camera.allowed())) startCamera();
