// The meeting's page: whether enough are here, who may vote on each household, whether votes add up and carry.
const quorum = document.querySelector(".quorum");
const words = document.querySelector("#votes-words").dataset;
const boxes = [...document.querySelectorAll('input[name="present"]')];

function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
}

function present() {
  return new Set(boxes.filter((box) => box.checked).map((box) => box.value));
}

function count(votes) {
  const counts = [...votes.querySelectorAll("input")].map((input) => Number(input.value.trim() || 0));
  return { inFavour: counts[0], total: counts.reduce((sum, each) => sum + each, 0) };
}

function tell(votes, eligible) {
  const { inFavour, total } = count(votes);
  const told = votes.querySelector(".votes-told");
  const whole = total === eligible;
  told.textContent = total === 0 ? "" : whole ? (2 * inFavour > eligible ? words.carried : words.not) : fill(words.sum, { total, eligible });
  votes.classList.toggle("is-wrong", total !== 0 && !whole);
  votes.classList.toggle("is-carried", whole && 2 * inFavour > eligible);
}

// Everybody here in favour is the usual outcome: offered until somebody types otherwise.
function offer(votes, eligible) {
  const inputs = [...votes.querySelectorAll("input")];
  if (votes.dataset.typed || !eligible) return;
  inputs[0].value = String(eligible);
  inputs.slice(1).forEach((input) => {
    input.value = "0";
  });
}

function refresh() {
  const here = present();
  const missing = Number(quorum.dataset.quorum) - here.size;
  quorum.querySelector("[data-present]").textContent = String(here.size);
  quorum.querySelector("[data-quorum-told]").textContent = missing > 0 ? fill(quorum.dataset.short, { count: missing }) : quorum.dataset.enough;
  quorum.classList.toggle("is-enough", missing <= 0);
  document.querySelectorAll(".votes").forEach((votes) => {
    const apart = votes.closest(".apart");
    const recused = apart ? apart.dataset.kin.split(" ").filter((staff) => here.has(staff)).length : 0;
    if (apart) apart.hidden = recused === 0;
    offer(votes, here.size - recused);
    tell(votes, here.size - recused);
  });
}

if (quorum) {
  document.querySelectorAll(".votes").forEach((votes) => {
    if ([...votes.querySelectorAll("input")].some((input) => input.value)) votes.dataset.typed = "1";
    votes.addEventListener("input", () => {
      votes.dataset.typed = "1";
      refresh();
    });
  });
  boxes.forEach((box) => box.addEventListener("change", refresh));
  refresh();
}
