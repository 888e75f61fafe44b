// The slip of a redemption at a till: on the screen with its seal, and on 58 mm paper, with a network or without.
import { saidOf } from "./proxy.js";
import { fill, piece, write } from "./words.js";

const POINTS = "figure";

/**
 * @typedef {{key: string, number: number, at: string, clerk_name: string, place: string, market: string,
 *   vouchers: {id: string, serial_no: string, masked_name: string, amount_points: number, after_points: number}[],
 *   goods: {good_id: string, name: string, spec: string, unit_name: string, quantity: number, points_each: number}[],
 *   total_points: number, entry_number: number | null, entry_hash: string, undone_at: string | null,
 *   undone_reason: string, proxy?: {name: string, relation: string, paper: boolean} | null}} Slip
 */

/** Return the village's clock of an instant as people say it: 11月29日 周日 18:05. @param {string} at */
export function said(at, weekdays) {
  const here = new Date(Date.parse(at) + 8 * 3_600_000);
  const clock = here.toISOString().slice(11, 16);
  return `${here.getUTCMonth() + 1}月${here.getUTCDate()}日 ${weekdays[here.getUTCDay()]} ${clock}`;
}

/** Return whose slip it is: one name, or the first of several. @param {Slip} slip */
export function whose(slip, words) {
  const names = new Set(slip.vouchers.map((voucher) => voucher.masked_name));
  const [first] = names;
  return names.size > 1 ? fill(words.several_names, { name: first }) : (first ?? "");
}

function goodLine(good) {
  const times = good.quantity > 1 ? ` × ${good.quantity}` : "";
  return leader(`${good.name} ${good.spec}`.trim() + times, good.quantity * good.points_each);
}

function leader(label, points, strong = false) {
  const line = piece("leader", { label, points });
  line.classList.toggle("leader-sum", strong);
  return line;
}

/** Draw a slip into the page: what was handed out, what is left, and whether the books have it already. */
export function drawSlip(place, slip, { state, words, weekdays, may }) {
  const undone = slip.undone_at !== null;
  const drawn = piece("slip", {
    whose: fill(words.slip_of, { name: whose(slip, words) }),
    serial: slip.vouchers.length === 1 ? fill(words.serial, { serial: slip.vouchers[0].serial_no }) : "",
    when: said(slip.at, weekdays),
  });
  drawn.dataset.key = slip.key;
  showProxy(drawn, slip, words);
  drawn.classList.toggle("is-undone", undone);
  drawn.querySelector(undone ? "[data-seal=done]" : "[data-seal=undone]").remove();
  drawn.querySelector("[data-slot=goods]").replaceChildren(
    ...slip.goods.map(goodLine),
    leader(undone ? words.given_back : words.used, slip.total_points, true),
  );
  const left = drawn.querySelector("[data-slot=left]");
  left.replaceChildren(
    ...slip.vouchers.map((voucher) => {
      const points = voucher.after_points + (undone ? voucher.amount_points : 0);
      const line = document.createElement("p");
      write(line, words.left_on, { serial: slip.vouchers.length > 1 ? voucher.serial_no.slice(-4) : "", points }, { points: POINTS });
      return line;
    }),
  );
  const note = piece(state === "booked" ? "good-words" : "wait-words");
  note.querySelector("[data-slot=words]").textContent = noteOf(slip, state, words, weekdays);
  place.replaceChildren(drawn, note);
  document.getElementById("slip-undo").hidden = !may.undo;
  drawPaper(document.getElementById("slip-paper"), slip, { state, words, weekdays });
}

function noteOf(slip, state, words, weekdays) {
  if (slip.undone_at) return fill(words.undone_at, { when: said(slip.undone_at, weekdays), reason: slip.undone_reason });
  if (state === "booked") return fill(words.booked, { number: slip.entry_number });
  return words.waits;
}

/** Say who brought the vouchers, where it was somebody else. @param {HTMLElement} drawn @param {Slip} slip */
function showProxy(drawn, slip, words) {
  const line = /** @type {HTMLElement} */ (drawn.querySelector("[data-slot=proxy]"));
  line.hidden = !slip.proxy;
  line.textContent = slip.proxy ? saidOf(slip.proxy, words) : "";
}

/** Draw what goes to the printer: narrow, black, without pictures. */
function drawPaper(place, slip, { state, words, weekdays }) {
  const undone = slip.undone_at !== null;
  const paper = piece("paper", {
    market: slip.market,
    kind: undone ? words.paper_undone : words.paper,
    place: slip.place,
    when: said(slip.at, weekdays),
    clerk: slip.clerk_name.slice(0, 1) + "**",
    books: state === "booked" ? fill(words.paper_booked, { number: slip.entry_number }) : fill(words.paper_waits, { number: slip.number }),
  });
  showProxy(paper, slip, words);
  paper.querySelector("[data-slot=sign]").hidden = !slip.proxy?.paper;
  paper.querySelector("[data-slot=goods]").replaceChildren(
    ...slip.goods.map(goodLine),
    leader(undone ? words.given_back : words.used, slip.total_points, true),
  );
  paper.querySelector("[data-slot=left]").replaceChildren(
    ...slip.vouchers.map((voucher) =>
      leader(`${voucher.masked_name} ${voucher.serial_no}`, voucher.after_points + (undone ? voucher.amount_points : 0)),
    ),
  );
  place.replaceChildren(paper);
}
