// The form that records a penalty: the household found by a few letters, photos made small, the points by the rule.
import { findHousehold } from "./household.js";
import { takePhotos } from "./photos.js";
import { sendOnce } from "./sending.js";

/** @type {HTMLFormElement} */
const form = document.querySelector("#record");
/** @type {HTMLInputElement} */
const times = form.querySelector("#times");
/** @type {HTMLInputElement} */
const size = form.querySelector("#size");
/** @type {Record<string, { points: number, evidence: string }>} */
const rules = JSON.parse(form.dataset.rules);

function chosenRule() {
  /** @type {HTMLInputElement} */
  const chosen = form.querySelector("input[name=rule]:checked");
  return rules[chosen ? chosen.value : Object.keys(rules)[0]];
}

// Points left empty are the rule's; the field says which those are.
function tellRule() {
  const rule = form.querySelector("input[name=rule]") && !form.querySelector("input[name=rule]:checked") ? null : chosenRule();
  size.placeholder = rule ? String(-rule.points * (Number(times.value) || 1)) : "";
  form.querySelector("[data-evidence]").textContent = rule?.evidence
    ? form.dataset.wanted.replace("{evidence}", rule.evidence)
    : "";
}

const pick = form.querySelector("[data-pick]");
if (pick) findHousehold(pick, () => {});
form.addEventListener("change", tellRule);
times.addEventListener("input", tellRule);

const photos = takePhotos(form.querySelector("[data-photos]"), () => {});

function body() {
  const told = new FormData(form);
  told.delete(photos.name);
  for (const file of photos.files()) told.append(photos.name, file, file.name);
  return told;
}

// Nothing of a penalty is kept on the device: it is recorded where somebody sits at it, and the form's key makes it once.
sendOnce(form, document.querySelector(".primary[form=record]"), {
  ready: photos.ready,
  body,
  there: () => "/",
  wasSent: () => false,
  sending: async () => {},
  arrived: async () => {},
});
tellRule();
