// Counting: Enter goes to the next lot, and what was typed is not lost by leaving. Without this script it works too.
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
