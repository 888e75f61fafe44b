// Typing slips: Enter goes on to the next field, past the lines that stay empty, and at the last one keeps the slip.
// Nobody collected for the household: Enter at the empty name keeps the slip too. A part of a good's name that means one good is written out. Without this script the form works all the same.
const form = /** @type {HTMLFormElement | null} */ (document.querySelector("#slip"));
const goods = /** @type {HTMLOptionElement[]} */ ([...document.querySelectorAll("#goods option")]);
const sum = /** @type {HTMLOutputElement} */ (document.querySelector("#sum"));

/** @param {string} name */
function field(name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
}

/** @param {HTMLInputElement} input */
function whole(input) {
  const text = input.value.normalize("NFKC").trim();
  return /^\d+$/.test(text) ? Number(text) : 0;
}

/** @param {string} text */
function meant(text) {
  const wanted = text.normalize("NFKC").trim();
  if (!wanted) return undefined;
  const exact = goods.filter((good) => good.value === wanted || (good.dataset.barcode && good.dataset.barcode === wanted));
  const found = exact.length ? exact : goods.filter((good) => good.value.includes(wanted));
  return found.length === 1 ? found[0].value : undefined;
}

/** @param {HTMLInputElement} input */
function next(input) {
  const order = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input:not([type=hidden], [type=checkbox]), select")]);
  const spare = !input.value.trim();
  if (spare && input.name.startsWith("good_")) return field("total");
  return spare && input.name === "proxy" ? undefined : order[order.indexOf(input) + 1];
}

/** @param {KeyboardEvent} event */
function advance(event) {
  const input = /** @type {HTMLInputElement} */ (event.target);
  if (event.key !== "Enter" || event.isComposing || input.type === "checkbox") return;
  const onward = next(input);
  if (!onward && input.name !== "relation") return;
  event.preventDefault();
  spell(input);
  if (!onward) form.requestSubmit(); // Enter on a list does not
  else onward.focus();
  if (onward?.type === "text") onward.select();
}

/** @param {HTMLInputElement} input */
function spell(input) {
  if (input.name.startsWith("good_")) input.value = meant(input.value) ?? input.value;
}

function add() {
  let points = 0;
  for (let n = 1; field(`good_${n}`); n += 1) points += whole(field(`quantity_${n}`)) * whole(field(`points_${n}`));
  sum.textContent = points ? sum.dataset.words.replace("{points}", String(points)) : "";
  sum.classList.toggle("is-off", points > 0 && field("total").value.trim() !== "" && whole(field("total")) !== points);
}

if (form) {
  form.addEventListener("keydown", advance);
  form.addEventListener("change", (event) => spell(/** @type {HTMLInputElement} */ (event.target)));
  form.addEventListener("input", add);
  add();
  const wrong = /** @type {HTMLInputElement | null} */ (form.querySelector("[aria-invalid=true]"));
  (wrong ?? field("number")).focus();
  (wrong ?? field("number")).select();
}
