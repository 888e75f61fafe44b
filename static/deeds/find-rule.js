// Finding a rule by a word of its name or of its evidence, among all of them.
/** Let a fieldset of rules be searched. */
export function findRule(box) {
  const search = box.querySelector("[data-find-rule]");
  const none = box.querySelector("[data-no-rule]");
  const tiles = [...box.querySelectorAll(".tile")].map((tile) => {
    const { name, evidence } = tile.querySelector("input").dataset;
    return { tile, words: `${name} ${evidence}`.toLowerCase() };
  });
  const look = () => {
    const asked = search.value.trim().toLowerCase();
    let found = 0;
    for (const { tile, words } of tiles) {
      tile.hidden = Boolean(asked) && !words.includes(asked);
      found += Number(!tile.hidden);
    }
    box.classList.toggle("is-searching", Boolean(asked));
    for (const group of box.querySelectorAll(".rules-of")) {
      group.classList.toggle("has-none", !group.querySelector(".tile:not([hidden])"));
    }
    none.hidden = found > 0;
  };
  search.hidden = false;
  search.addEventListener("input", (event) => {
    event.stopPropagation();
    look();
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}
