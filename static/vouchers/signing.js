// Signing on the screen for vouchers that are collected for somebody else. Without this script one signs on paper.
import { Signature } from "../web/signature.js";

const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-signature]"));
const kept = /** @type {HTMLInputElement | null} */ (document.querySelector("#signature"));
const paper = /** @type {HTMLInputElement | null} */ (document.querySelector("#on_paper"));

if (place && kept && paper) {
  const erase = /** @type {HTMLButtonElement} */ (place.querySelector("#proxy-erase"));
  const pad = new Signature(place.querySelector("canvas"), () => {
    kept.value = pad.path;
    erase.hidden = !kept.value;
    if (kept.value) paper.checked = false;
  });
  place.hidden = false;
  erase.addEventListener("click", () => pad.show());
  pad.show(kept.value);
}
