// What can be said before anything is sent: a day of another quarter, a deed that was told already.
function quarterOf(form, day) {
  const [year, month] = day.split("-").map(Number);
  const name = form.querySelector("[data-quarter-name]").dataset.quarterName;
  return name.replace("{year}", String(year)).replace("{number}", String(Math.ceil(month / 3)));
}

/** Point out what the form holds; `told` is `[household id, rule code, day, member]` each. */
export function pointOut(form, { household, code, day, member }) {
  const { quarterFirst, quarterLast } = form.dataset;
  const other = form.querySelector("[data-other-quarter]");
  other.hidden = !day || (quarterFirst <= day && day <= quarterLast);
  if (!other.hidden) other.textContent = other.dataset.otherQuarter.replace("{quarter}", quarterOf(form, day));
  const told = JSON.parse(form.dataset.told);
  document.querySelector("[data-same-day]").toggleAttribute("hidden", !told.some(
    (each) => each[0] === household && each[1] === code && each[2] === day && each[3] === member,
  ));
}
