// Counting: Enter goes to the next lot, and the paper sheet goes to the printer. Without this script both still work.
const fields = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll(".count input")]);

function advance(event) {
  if (event.key !== "Enter") return;
  const next = fields[fields.indexOf(event.target) + 1];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.select();
}

function warn(event) {
  if (fields.some((field) => field.value !== field.defaultValue)) event.preventDefault();
}

fields.forEach((field) => field.addEventListener("keydown", advance));
if (fields.length) {
  window.addEventListener("beforeunload", warn);
  document.querySelector("#count").addEventListener("submit", () => window.removeEventListener("beforeunload", warn));
  fields.find((field) => !field.value)?.focus({ preventScroll: true });
}

document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
