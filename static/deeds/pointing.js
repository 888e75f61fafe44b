// What can be said before anything is sent: a day of another quarter, a deed that was told already.
/** @returns {{id: string, title: string}} the quarter of a day: 2026Q3, and as the village says it */
function quarterOf(other, day) {
  const [year, month] = day.split("-").map(Number);
  const number = Math.ceil(month / 3);
  const title = other.dataset.quarterName.replace("{year}", String(year)).replace("{number}", other.dataset.ordinals[number - 1]);
  return { id: `${year}Q${number}`, title };
}

/** Point out what the form holds; `told` is `[household id, rule code, day, member]` each. */
export function pointOut(form, { household, code, day, member }) {
  const { quarterFirst, quarterLast } = form.dataset;
  const other = form.querySelector("[data-other-quarter]");
  const quarter = day ? quarterOf(other, day) : null;
  const isClosed = Boolean(quarter) && quarter.id in JSON.parse(other.dataset.closed);
  other.hidden = !quarter || (!isClosed && quarterFirst <= day && day <= quarterLast);
  if (!other.hidden) {
    const said = isClosed ? other.dataset.closedQuarter : other.dataset.otherQuarter;
    other.textContent = said.replace("{quarter}", quarter.title);
  }
  const told = JSON.parse(form.dataset.told);
  document.querySelector("[data-same-day]").toggleAttribute("hidden", !told.some(
    (each) => each[0] === household && each[1] === code && each[2] === day && each[3] === member,
  ));
}
