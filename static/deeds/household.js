// Finding a household by its number or by anybody's name in it, instead of a long list.
const SHOWN = 6;

function line(found) {
  const name = document.createElement("b");
  name.textContent = found.name;
  const number = document.createElement("span");
  number.textContent = `${found.number} ${found.group}`.trim();
  return [name, number];
}

// Numbers match from the start or with leading zeros left out; names match anywhere.
function matches(found, asked) {
  const number = found.number.toLowerCase();
  return (
    number.startsWith(asked) ||
    number.replace(/^0+/, "").startsWith(asked) ||
    found.name.includes(asked) ||
    found.members.some((member) => member.includes(asked))
  );
}

function listOf(box, all, asked, choose) {
  const found = all.filter((each) => matches(each, asked));
  const items = found.slice(0, SHOWN).map((each) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...line(each));
    const member = each.members.find((name) => name.includes(asked) && name !== each.name);
    if (member) button.append(Object.assign(document.createElement("span"), { textContent: member }));
    button.addEventListener("click", () => {
      choose(each);
      box.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return button;
  });
  if (found.length !== items.length || !found.length) {
    const more = document.createElement("p");
    more.className = "hint";
    more.textContent = found.length
      ? box.dataset.more.replace("{n}", String(found.length - items.length))
      : box.dataset.none;
    items.push(more);
  }
  return items;
}

export function findHousehold(box, onChosen) {
  const select = box.querySelector("select");
  const all = JSON.parse(box.dataset.households);
  const search = Object.assign(document.createElement("input"), {
    type: "search", id: "household-search", placeholder: box.dataset.search, autocomplete: "off", enterKeyHint: "search",
  });
  const list = Object.assign(document.createElement("div"), { className: "found", ariaLive: "polite" });
  const picked = Object.assign(document.createElement("div"), { className: "picked", hidden: true });
  const other = Object.assign(document.createElement("button"), {
    type: "button", className: "link", textContent: box.dataset.other,
  });

  const choose = (found) => {
    select.value = found ? found.id : "";
    search.hidden = list.hidden = Boolean(found);
    picked.hidden = !found;
    if (found) picked.replaceChildren(...line(found), other);
    onChosen(found);
  };
  const pick = (id) => choose(all.find((each) => each.id === id) ?? null);
  const look = () => {
    const asked = search.value.trim().toLowerCase();
    list.replaceChildren(...(asked ? listOf(box, all, asked, choose) : []));
  };
  search.addEventListener("input", look);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    list.querySelector("button")?.click();
  });
  other.addEventListener("click", () => {
    choose(null);
    box.dispatchEvent(new Event("change", { bubbles: true }));
    search.value = "";
    look();
    search.focus();
  });
  select.hidden = true;
  box.querySelector("label").htmlFor = search.id;
  box.append(search, list, picked);
  pick(select.value);
  return pick;
}
