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
sendOnce(form, document.querySelector(".primary[form=record]"), takePhotos(form.querySelector("[data-photos]")));
tellRule();
