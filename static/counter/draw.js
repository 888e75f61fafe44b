// What the till shows: whose vouchers, the basket, the shelf, the sums, the words that stay.
import { fill, piece, write } from "./words.js";

const FIGURE = "figure";
const GOLD = "figure points";

function element(id) {
  return document.getElementById(id);
}

/** Write a text where it is not there yet: writing it anew would have the page laid out anew. */
function put(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/** Show the vouchers: one as its holder's name and points, several as the sum and a line for each. */
export function drawVouchers(basket, words) {
  const [first] = basket.vouchers;
  const several = basket.vouchers.length > 1;
  element("holder").hidden = element("change").hidden = !first;
  element("replace").hidden = several;
  element("vouchers").hidden = !several;
  element("shelf-holder").hidden = !first;
  if (!first) return;
  const alike = basket.vouchers.every((voucher) => voucher.masked_name === first.masked_name);
  const name = alike ? first.masked_name : fill(words.several_names, { name: first.masked_name });
  for (const place of ["holder", "shelf-holder"]) {
    put(element(`${place}-name`), name);
    put(element(`${place}-points`), String(basket.budget));
  }
  const lines = several
    ? [fill(words.several, { count: basket.vouchers.length })]
    : [fill(words.serial, { serial: first.serial_no }), fill(words.until, { day: first.expires })];
  element("holder-lines").replaceChildren(
    ...lines.map((line) => Object.assign(document.createElement("p"), { textContent: line })),
  );
  element("vouchers").replaceChildren(
    ...(several ? basket.vouchers : []).map((voucher) => {
      const serial = fill(words.serial, { serial: voucher.serial_no });
      const row = piece("voucher", { name: voucher.masked_name, serial, points: voucher.balance_points });
      row.dataset.id = voucher.id;
      row.querySelector("button").setAttribute("aria-label", `${row.querySelector("button").textContent} ${serial}`);
      return row;
    }),
  );
}

function newLine(good, words) {
  const line = piece("line", { name: good.name, spec: good.spec });
  line.dataset.id = good.id;
  line.querySelector("img").src = good.picture;
  line.querySelector("[data-act=less]").setAttribute("aria-label", fill(words.minus, good));
  line.querySelector("[data-act=more]").setAttribute("aria-label", fill(words.plus, good));
  return line;
}

/** Show the basket, keeping the buttons that are there, so that the finger and the focus stay where they are. */
export function drawBasket(basket, shelf, words) {
  const list = element("basket");
  const there = new Map([...list.querySelectorAll("[data-id]")].map((line) => [line.dataset.id, line]));
  const lines = [...basket.lines].map(([id, { quantity, points }]) => {
    const line = there.get(id) ?? newLine(shelf.get(id), words);
    put(line.querySelector("[data-slot=count]"), String(quantity));
    put(line.querySelector("[data-slot=price]"), String(points));
    return line;
  });
  const add = list.querySelector(".good-add-cell") ?? piece("add");
  put(add.querySelector("[data-slot=title]"), lines.length ? words.next : words.first);
  lines.forEach((line, index) => {
    if (list.children[index] !== line) list.insertBefore(line, list.children[index] ?? null);
  });
  [...list.children].slice(lines.length).forEach((line) => line !== add && line.remove());
  if (list.lastElementChild !== add) list.append(add);
}

/** Show the goods that match what was typed, with what is left of each and how many are in the basket. */
export function drawShelf(basket, shelf, words, wanted) {
  const goods = shelf.matching(wanted);
  const list = element("goods");
  const there = new Map([...list.children].map((item) => [item.dataset.id, item]));
  const items = goods.map((good) => {
    const item = there.get(good.id) ?? piece("good");
    item.dataset.id = good.id;
    put(item.querySelector("[data-slot=name]"), good.name);
    put(item.querySelector("[data-slot=spec]"), good.spec);
    put(item.querySelector("[data-slot=price]"), String(good.points_price));
    const left = good.quantity > 0 ? fill(words.stock, { left: good.quantity }) : words.sold_out;
    put(item.querySelector("[data-slot=left]"), left);
    const picture = item.querySelector("img");
    if (picture.getAttribute("src") !== good.picture) picture.src = good.picture;
    item.querySelector("button").disabled = good.quantity <= 0;
    const count = item.querySelector("[data-slot=count]");
    put(count, `×${basket.count(good.id)}`);
    count.hidden = basket.count(good.id) === 0;
    return item;
  });
  if (items.length !== list.children.length || items.some((item, at) => item !== list.children[at])) {
    list.replaceChildren(...items);
  }
  element("no-goods").hidden = goods.length > 0;
  element("no-goods").textContent = fill(words.nothing, { text: wanted });
}

/** Show what the basket comes to, and what will be left or is short. */
export function drawSums(basket, words, minimum) {
  const { pieces, total, budget } = basket;
  const sum = element("sum");
  const left = element("left");
  if (pieces) write(sum, words.sum, { pieces, points: total }, { points: FIGURE });
  else sum.textContent = words.sum_none;
  if (!basket.vouchers.length) left.textContent = words.no_voucher;
  else if (total > budget) write(left, words.short, { points: total - budget }, { points: FIGURE });
  else if (pieces && total < minimum) write(left, words.least, { points: minimum }, { points: FIGURE });
  else write(left, words.left, { points: budget - total }, { points: GOLD });
  left.classList.toggle("is-short", basket.vouchers.length > 0 && total > budget);
}

/** Say something that stays until something else is said; kind is good, wait or bad. An act is a button beside it. */
export function tell(kind, sentences, act = null) {
  const said = [sentences].flat().filter(Boolean);
  if (!said.length) return element("said").replaceChildren();
  const note = piece(`${kind}-words`);
  const words = note.querySelector("[data-slot=words]");
  words.replaceChildren(...said.map((each) => Object.assign(document.createElement("p"), { textContent: each })));
  if (act) {
    const way = Object.assign(document.createElement("a"), { className: "button", href: act.href, textContent: act.label });
    words.append(way);
  }
  element("said").replaceChildren(note);
  note.scrollIntoView({ block: "nearest" });
}
