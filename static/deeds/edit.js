// The table of the next version: one more row when asked for, rows to be dropped shown struck, vetoes without points.
const table = document.querySelector("[data-rows]");
const add = document.querySelector("[data-add]");

function emptyCopy(row, number) {
  const copy = row.cloneNode(true);
  copy.className = "";
  copy.querySelectorAll("[name]").forEach((field) => {
    field.name = field.name.replace(/-\d+-/, `-${number}-`);
    field.id = field.id.replace(/-\d+-/, `-${number}-`);
    if (field.type === "checkbox") field.checked = false;
    else if (field.tagName === "SELECT") field.selectedIndex = 0;
    else if (!field.name.endsWith("unit_name")) field.value = "";
  });
  copy.querySelectorAll(".error").forEach((error) => error.remove());
  settle(copy);
  return copy;
}

// A veto is written with the days after which it is over: in the cap's place, and nothing else counts for it.
function settle(row) {
  const field = (name) => row.querySelector(`[name$='-${name}']`);
  const isVeto = field("category").value === table.dataset.veto;
  row.classList.toggle("is-veto", isVeto);
  ["points", "unit_name", "family"].forEach((name) => {
    field(name).readOnly = isVeto;
    field(name).tabIndex = isVeto ? -1 : 0;
  });
  if (isVeto) {
    field("points").value = field("family").value = "";
    field("cap_period").value = "days";
  } else if (field("cap_period").value === "days") {
    field("cap_points").value = field("cap_period").value = "";
  }
}

[...table.rows].forEach(settle);
if (!table.dataset.read) table.querySelector(".is-wrong input, .is-wrong select")?.focus(); // above a long table it is not seen
add.hidden = false;
add.addEventListener("click", () => {
  const last = table.rows[table.rows.length - 1];
  const number = Number(last.querySelector("[name]").name.match(/-(\d+)-/)[1]) + 1;
  const row = emptyCopy(last, number);
  table.append(row);
  row.querySelector("[name$='-name']").focus();
});
table.addEventListener("change", (event) => {
  const row = event.target.closest("tr");
  if (event.target.type === "checkbox") row.classList.toggle("is-dropped", event.target.checked);
  if (event.target.name.endsWith("-category")) settle(row);
});
