// Receiving: a scanned code names its good, Enter goes on to the next field and at the last one writes the lot down.
const form = /** @type {HTMLFormElement} */ (document.querySelector("#form"));
const code = /** @type {HTMLInputElement} */ (form.elements.namedItem("code"));
const quantity = /** @type {HTMLInputElement} */ (form.elements.namedItem("quantity"));
const cost = /** @type {HTMLInputElement} */ (form.elements.namedItem("unit_cost"));
const expiry = /** @type {HTMLInputElement} */ (form.elements.namedItem("expires_on"));
const lot = /** @type {HTMLInputElement} */ (form.elements.namedItem("lot_no"));
const found = /** @type {HTMLOutputElement} */ (document.querySelector("#found"));
const goods = /** @type {HTMLOptionElement[]} */ ([...document.querySelectorAll("#goods option")]);
const ORDER = [code, quantity, cost, expiry, lot];

// As the server spells a barcode: no spaces, plain digits, a UPC or a case's code as the EAN-13 it is.
function spelled(text) {
  const plain = text.normalize("NFKC").replace(/\s+/g, "").toUpperCase();
  return /^\d{12,14}$/.test(plain) ? plain.replace(/^0+/, "").padStart(13, "0") : plain;
}

function meant(text) {
  const wanted = text.trim();
  if (!wanted) return [];
  const exact = goods.filter((good) => good.value === wanted || (good.dataset.barcode && good.dataset.barcode === spelled(wanted)));
  return exact.length ? exact : goods.filter((good) => good.value.includes(wanted));
}

function show() {
  const [good, another] = meant(code.value);
  const known = good !== undefined && another === undefined;
  found.hidden = !code.value.trim() || another !== undefined;
  found.textContent = known
    ? `${good.value}，${found.dataset.left} ${good.dataset.quantity} ${good.dataset.unit}`
    : found.dataset.unknown;
  found.classList.toggle("is-unknown", !known);
  expiry.closest(".field").classList.toggle("is-spare", known && !good.dataset.tracked);
  if (known && !cost.value) cost.placeholder = good.dataset.cost;
  return known;
}

function isAsked(field) {
  return !field.closest(".is-spare");
}

function advance(event) {
  if (event.key !== "Enter") return;
  if (event.target === code && code.value.trim() && !show() && !found.hidden) {
    event.preventDefault();
    code.select();
    return;
  }
  const next = ORDER.slice(ORDER.indexOf(event.target) + 1).find(isAsked);
  if (!next) return;
  event.preventDefault();
  next.focus();
}

code.addEventListener("input", show);
code.addEventListener("change", show);
ORDER.forEach((field) => field.addEventListener("keydown", advance));
if (show() && !quantity.value) quantity.focus();
