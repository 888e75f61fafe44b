// The form that records a deed, made quick for a phone. Without it the same form works with the browser's own fields.
import { findHousehold } from "./household.js";
import { takePhotos } from "./photos.js";
import { sendOnce } from "./sending.js";

const form = document.querySelector("#record");
const day = form.querySelector("#done_on");
const times = form.querySelector("#times");
const sum = document.querySelector("[data-sum]");
const primary = document.querySelector(".primary[form=record]");
let household = null;

function chosenRule() {
  return form.querySelector("input[name=rule]:checked");
}

function tellSum() {
  const rule = chosenRule();
  const count = Number(times.value) || 0;
  const unit = form.querySelector("span[data-unit]");
  unit.textContent = rule ? rule.dataset.unit : "";
  sum.hidden = !rule;
  if (!rule) return;
  const points = Number(rule.dataset.points) * count;
  const parts = [household ? household.name : "", `${rule.dataset.name} ${count} ${rule.dataset.unit}`];
  sum.querySelector("[data-sum-words]").textContent = parts.filter(Boolean).join(" · ");
  sum.querySelector("[data-sum-points]").textContent = `+${points}`;
  if (rule.dataset.evidence) {
    const hint = form.querySelector("p[data-evidence]");
    hint.textContent = hint.dataset.wanted.replace("{evidence}", rule.dataset.evidence);
  }
}

function offerDays() {
  const box = form.querySelector("[data-days]");
  const dayAgo = (ago) => {
    const at = new Date(`${day.dataset.today}T00:00:00Z`);
    at.setUTCDate(at.getUTCDate() - Number(ago));
    return at.toISOString().slice(0, 10);
  };
  const mark = () => {
    for (const button of box.children) button.ariaPressed = String(dayAgo(button.dataset.ago) === day.value);
  };
  box.hidden = false;
  box.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) day.value = dayAgo(button.dataset.ago);
    mark();
  });
  day.addEventListener("input", mark);
  mark();
}

function offerMembers(found) {
  household = found;
  const box = form.querySelector("[data-members]");
  const field = form.querySelector("#member_name");
  box.hidden = !found || found.members.length < 2;
  box.replaceChildren(
    ...(found ? found.members : []).map((name) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.ariaPressed = String(field.value === name);
      return button;
    }),
  );
  tellSum();
}

function listen() {
  form.querySelector("[data-members]").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const field = form.querySelector("#member_name");
    if (!button) return;
    field.value = field.value === button.textContent ? "" : button.textContent;
    for (const each of button.parentElement.children) each.ariaPressed = String(each.textContent === field.value);
  });
  form.querySelectorAll("[data-times] [hidden]").forEach((part) => part.removeAttribute("hidden"));
  form.querySelector("[data-times]").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) times.value = String(Math.min(200, Math.max(1, (Number(times.value) || 1) + Number(button.dataset.step))));
    tellSum();
  });
  times.addEventListener("input", tellSum);
  form.addEventListener("change", (event) => {
    if (event.target.name === "category") {
      const here = chosenRule();
      if (here && here.dataset.category !== event.target.value) here.checked = false;
      form.querySelector(`.rules-of-${event.target.value}`).scrollIntoView({ block: "nearest" });
    }
    tellSum();
  });
}

listen();
offerDays();
findHousehold(form.querySelector("[data-pick]"), offerMembers);
const photos = takePhotos(form.querySelector("[data-photos]"));
sendOnce(form, primary, photos);
tellSum();
