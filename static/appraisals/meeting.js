// The meeting's page: every press is sent at once and what came of it is drawn here; the panel's cards are scanned. What
// another device wrote down meanwhile is fetched, but never over what somebody is typing.
import { no, yes } from "../web/feedback.js";
import { listen } from "../web/gun.js";
import { Viewfinder } from "../web/viewfinder.js";

const LOOK_AGAIN_MS = 10_000;
const meeting = document.getElementById("meeting");
const words = JSON.parse(meeting.dataset.words);
const heard = document.getElementById("heard");
const scanner = document.getElementById("scanner");
const card = /** @type {HTMLFormElement | null} */ (document.getElementById("card"));
let waiting = 0;
/** @type {Promise<boolean>} */
let turn = Promise.resolve(true);

/** @param {string} sentence @param {Record<string, unknown>} values */
function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_all, name) => String(values[name]));
}

/** Say whether the votes that are typed add up, and whether they carry. */
function tellVotes() {
  const votes = document.querySelector(".votes");
  if (!votes) return;
  const eligible = Number(votes.dataset.eligible);
  const counts = [...votes.querySelectorAll("input:not([type=hidden])")].map((input) => Number(input.value.trim() || 0));
  const total = counts.reduce((sum, each) => sum + each, 0);
  const carried = 2 * counts[0] > eligible;
  votes.querySelector(".votes-told").textContent = total !== eligible ? fill(words.sum, { total, eligible }) : carried ? words.carried : words.not;
  votes.classList.toggle("is-wrong", total !== eligible);
  votes.classList.toggle("is-carried", total === eligible && carried);
}

/** @param {Element} part */
function isBeingTyped(part) {
  return part.matches("[data-typed]") || part.querySelector("[data-typed]") !== null;
}

/**
 * Draw what the server has now: each part of its own name, and the bar of acts.
 * @param {Document} page
 * @param {boolean} answered whether it answers a press; else what is being typed stays
 */
function draw(page, answered) {
  if (!page.getElementById("meeting")) return;
  const typing = !answered && [...document.querySelectorAll("[data-live]")].some(isBeingTyped);
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!fresh || (!answered && (isBeingTyped(part) || part.dataset.live === "told"))) continue;
    if (fresh.outerHTML !== part.outerHTML) part.replaceWith(document.adoptNode(fresh));
  }
  if (!typing) {
    const bar = page.querySelector(".action");
    if (bar) document.querySelector(".action").replaceWith(document.adoptNode(bar));
  }
  tellVotes();
}

/** @param {Document} page @returns {string} what the server said above the page */
function saidOn(page) {
  return [...page.querySelectorAll("#page > .note")].map((note) => note.textContent.trim()).join(" ");
}

/** @param {string} text */
function tell(text) {
  heard.textContent = text;
}

/**
 * Send a form when it is its turn: names are tapped faster than a network answers, and none may be lost.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} button
 */
function send(form, button) {
  waiting += 1;
  button?.setAttribute("aria-busy", "true");
  turn = turn.then(() => sendNow(form, button)).finally(() => (waiting -= 1));
  return turn;
}

/**
 * Send a form and draw what came of it; whether it was taken. Of a form that was drawn anew meanwhile only a name that
 * was tapped still means what it meant.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} button
 */
async function sendNow(form, button) {
  if (!form.isConnected && !form.matches(".present")) return false;
  const body = new FormData(form);
  if (button?.getAttribute("name")) body.append(button.getAttribute("name"), button.getAttribute("value"));
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.getElementById("meeting")) {
      location.assign(answer.redirected ? answer.url : location.href);
      return false;
    }
    draw(page, true);
    const refused = document.querySelector("#told .note");
    tell(refused ? refused.textContent.trim() : saidOn(page));
    if (refused && form !== card) refused.scrollIntoView({ block: "center" });
    if (!refused && form.id === "vote") document.querySelector(".item.is-current")?.scrollIntoView({ block: "center" });
    return !refused;
  } catch {
    tell(words.unsent);
    heard.scrollIntoView({ block: "center" });
    return false;
  } finally {
    button?.removeAttribute("aria-busy");
  }
}

/** @param {string} code */
async function scan(code) {
  card.elements.namedItem("code").value = code;
  const taken = await send(card, null);
  (taken ? yes : no)();
  card.elements.namedItem("code").value = "";
}

async function look() {
  if (waiting || document.hidden) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || waiting) return;
  draw(new DOMParser().parseFromString(await answer.text(), "text/html"), false);
}

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("[data-send]")) return;
  event.preventDefault();
  if (form === card) scan(card.elements.namedItem("code").value);
  else send(form, event.submitter);
});
document.addEventListener("input", (event) => {
  event.target.closest("form")?.setAttribute("data-typed", "");
  tellVotes();
});
document.addEventListener("visibilitychange", look);
setInterval(look, LOOK_AGAIN_MS);
tellVotes();

if (scanner) {
  const viewfinder = new Viewfinder(meeting.dataset.detector, words, scan, () => {});
  scanner.addEventListener("toggle", () => {
    if (!scanner.open) viewfinder.stop();
  });
  listen(scan);
}
