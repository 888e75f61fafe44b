// A scanner gun is a keyboard that types faster than anybody and ends with Enter.
const FASTEST_HAND_MS = 100;
const LONGEST_PAUSE_MS = 500;
const SHORTEST_SCAN = 4;

/** Return the character that a key stands for, also where an input method swallows what was typed. */
function character(event) {
  if (event.key.length === 1) return event.key;
  const letter = /^(?:Key([A-Z])|Digit(\d)|Numpad(\d))$/.exec(event.code);
  if (letter) return letter[1] ?? letter[2] ?? letter[3];
  return { Slash: "/", Period: ".", Minus: "-", Semicolon: ":", Equal: "=" }[event.code] ?? "";
}

/**
 * Listen for a gun on the whole page; `onScan` gets the text, in half-width characters.
 *
 * While somebody's own field has the focus the gun types into it, and its Enter sends that field's form as ever.
 * Elsewhere its Enter must not press the button that happens to have the focus.
 */
export function listen(onScan) {
  let typed = "";
  let begun = 0;
  let last = 0;
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest?.("input, textarea, select")) return;
      if (event.timeStamp - last > LONGEST_PAUSE_MS) typed = "";
      if (event.key === "Enter" || event.code === "NumpadEnter") {
        const text = typed;
        typed = "";
        if (text.length < SHORTEST_SCAN || event.timeStamp - begun > text.length * FASTEST_HAND_MS) return;
        event.preventDefault();
        event.stopPropagation();
        onScan(text.normalize("NFKC"));
        return;
      }
      if (event.key === "Shift") return;
      if (!typed) begun = event.timeStamp;
      typed += character(event);
      last = event.timeStamp;
      if (event.key === " " && typed.length > 1) event.preventDefault();
    },
    { capture: true },
  );
}
