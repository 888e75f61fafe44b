// The table of the next version: one more row when asked for, and rows to be dropped shown struck.
const table = document.querySelector("[data-rows]");
const add = document.querySelector("[data-add]");

function emptyCopy(row, number) {
  const copy = row.cloneNode(true);
  copy.className = "";
  copy.querySelectorAll("[name]").forEach((field) => {
    field.name = field.name.replace(/-\d+-/, `-${number}-`);
    field.id = field.id.replace(/-\d+-/, `-${number}-`);
    if (field.type === "checkbox") field.checked = false;
    else if (field.tagName === "INPUT" && !field.name.endsWith("unit_name")) field.value = "";
  });
  copy.querySelectorAll(".error").forEach((error) => error.remove());
  return copy;
}

add.hidden = false;
add.addEventListener("click", () => {
  const last = table.rows[table.rows.length - 1];
  const number = Number(last.querySelector("[name]").name.match(/-(\d+)-/)[1]) + 1;
  const row = emptyCopy(last, number);
  table.append(row);
  row.querySelector("[name$='-name']").focus();
});
table.addEventListener("change", (event) => {
  if (event.target.type === "checkbox") event.target.closest("tr").classList.toggle("is-dropped", event.target.checked);
});
