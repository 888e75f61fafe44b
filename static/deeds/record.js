// The form that tells a deed, made quick for a phone. Without it the same form works with the browser's own fields.
import { openDraft } from "./draft.js";
import { findRule } from "./find-rule.js";
import { findHousehold } from "./household.js";
import { takePhotos } from "./photos.js";
import { pointOut } from "./pointing.js";
import { sendOnce } from "./sending.js";
import { takeSound } from "./sound.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("#record"));
const key = form.querySelector("[name=key]");
const day = form.querySelector("#done_on");
const times = form.querySelector("#times");
const member = form.querySelector("#member_name");
const words = form.querySelector("#words");
const sum = document.querySelector("[data-sum]");
const primary = /** @type {HTMLButtonElement} */ (document.querySelector(".primary[form=record]"));
const draft = openDraft(`${form.dataset.whose} ${form.dataset.again}`);
let household = null;
let sent = false;

function chosenRule() {
  return form.querySelector("input[name=rule]:checked");
}

function told() {
  return { household: household?.id ?? "", code: chosenRule()?.dataset.code ?? "", day: day.value, member: member.value.trim() };
}

function tellSum() {
  const rule = chosenRule();
  const count = Number(times.value) || 0;
  const unit = form.querySelector("span[data-unit]");
  unit.hidden = !rule;
  unit.textContent = rule ? rule.dataset.unit : "";
  sum.hidden = !rule;
  pointOut(form, told());
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
  const other = box.querySelector("[data-other-day]");
  const dayAgo = (ago) => {
    const at = new Date(`${day.dataset.today}T00:00:00Z`);
    at.setUTCDate(at.getUTCDate() - Number(ago));
    return at.toISOString().slice(0, 10);
  };
  const near = [...box.querySelectorAll("[data-ago]")];
  const mark = (isOther = false) => {
    for (const button of near) button.ariaPressed = String(!isOther && dayAgo(button.dataset.ago) === day.value);
    const far = isOther || near.every((button) => dayAgo(button.dataset.ago) !== day.value);
    other.ariaPressed = String(far);
    day.hidden = !far;
  };
  box.hidden = false;
  box.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.ago) day.value = dayAgo(button.dataset.ago);
    mark(button === other);
    if (button === other) day.focus();
    changed();
  });
  day.addEventListener("input", () => mark(!day.hidden));
  mark();
  return mark;
}

function offerMembers(found) {
  household = found;
  const box = form.querySelector("[data-members]");
  box.hidden = !found || found.members.length < 2;
  box.replaceChildren(
    ...(found ? found.members : []).map((name) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.ariaPressed = String(member.value === name);
      return button;
    }),
  );
  tellSum();
}

function changed() {
  tellSum();
  const { code, member: name, household: id } = told();
  draft.keep("fields", { key: key.value, sent, household: id, member: name, code, day: day.value, times: times.value, words: words.value });
}

function listen() {
  form.querySelector("[data-members]").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    member.value = member.value === button.textContent ? "" : button.textContent;
    for (const each of button.parentElement.children) each.ariaPressed = String(each.textContent === member.value);
    changed();
  });
  form.querySelectorAll("[data-times] [hidden]").forEach((part) => part.removeAttribute("hidden"));
  form.querySelector("[data-times]").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    times.value = String(Math.min(200, Math.max(1, (Number(times.value) || 1) + Number(button.dataset.step))));
    changed();
  });
  form.addEventListener("input", (event) => event.target.type !== "file" && changed());
  form.addEventListener("change", (event) => {
    if (event.target.type === "file") return;
    if (event.target.name === "category") {
      const here = chosenRule();
      if (here && here.dataset.category !== event.target.value) here.checked = false;
      form.querySelector(`.rules-of-${event.target.value}`).scrollIntoView({ block: "nearest" });
    }
    if (event.target.name === "rule") form.querySelector(`#category-${event.target.dataset.category}`).checked = true;
    changed();
  });
}

/** Fill in what an earlier visit did not send. */
async function restore() {
  const { fields, photos: files, sound: blob } = await draft.read();
  if (!fields && !files?.length && !blob) return;
  const box = form.querySelector("[data-draft]");
  box.hidden = false;
  box.querySelector("button").addEventListener("click", async () => {
    await draft.drop();
    location.reload();
  });
  if (fields) {
    key.value = fields.key;
    sent = fields.sent;
    [member.value, day.value, times.value, words.value] = [fields.member, fields.day, fields.times, fields.words];
    if (fields.household) pick(fields.household);
    const rule = /** @type {HTMLInputElement} */ (form.querySelector(`input[name=rule][data-code="${CSS.escape(fields.code)}"]`));
    if (rule) rule.checked = form.querySelector(`#category-${rule.dataset.category}`).checked = true;
  }
  photos.put(files ?? []);
  sound.put(blob ?? null);
  markDay();
  tellSum();
}

function body() {
  const all = new FormData(form);
  all.delete(photos.name);
  for (const file of photos.files()) all.append(photos.name, file, file.name);
  const spoken = sound.blob();
  if (spoken) all.append("sound", spoken, "sound");
  return all;
}

listen();
findRule(form.querySelector("#rule"));
const photos = takePhotos(form.querySelector("[data-photos]"), () => {
  draft.keep("photos", photos.files());
  changed();
});
const sound = takeSound(form.querySelector("[data-sound]"), () => {
  draft.keep("sound", sound.blob());
  changed();
});
const pick = findHousehold(form.querySelector("[data-pick]"), offerMembers);
const markDay = offerDays();
sendOnce(form, primary, {
  ready: photos.ready,
  body,
  there: () => form.dataset.there.replace(/[0-9a-f-]{36}/, key.value),
  wasSent: () => sent,
  async sending() {
    sent = true;
    changed();
  },
  arrived: () => draft.drop(),
});
tellSum();
restore();
