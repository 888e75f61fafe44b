// A scanner gun is a keyboard that types faster than anybody and ends with Enter. What it types is read from the keys
// themselves, in capitals: a Chinese input method changes the characters and swallows some, but not which key was hit.
const FASTEST_HAND_MS = 100;
const FASTEST_WRITER_MS = 50;
const LONGEST_PAUSE_MS = 1000;
const SHORTEST_SCAN = 4;
const SHORTEST_IN_A_FIELD = 8;
const INPUT_METHOD = 229;
const SILENT = new Set(["Shift", "CapsLock"]);
const MARKS = {
  Space: " ",
  Slash: "/",
  NumpadDivide: "/",
  Period: ".",
  NumpadDecimal: ".",
  Minus: "-",
  NumpadSubtract: "-",
  Semicolon: ":",
  Equal: "=",
};

/**
 * @typedef {object} Burst keys hit one soon after the other
 * @property {string} text what they say
 * @property {number} keys
 * @property {number} unread how many of them say nothing: neither a character nor which key it was
 * @property {boolean} meddled whether an input method was at work
 * @property {number} begun
 * @property {number} last
 * @property {HTMLInputElement | null} field the field that they are typed into
 * @property {string} before what stood in it
 */

/** @param {KeyboardEvent} event */
function isMeddled(event) {
  return event.isComposing || event.keyCode === INPUT_METHOD || /^[^\x00-\x7f]$/.test(event.key);
}

/**
 * Return the character that a key stands for, "" where an input method hides even the key, null for a key that a gun
 * does not use.
 * @param {KeyboardEvent} event
 */
function character(event) {
  const meddled = isMeddled(event);
  if (event.key.length === 1 && !meddled) return event.key.toUpperCase();
  const [, letter] = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code) ?? [];
  return letter ?? MARKS[event.code] ?? (meddled ? "" : null);
}

/** @returns {HTMLInputElement | null} */
function fieldOf(target) {
  return target.closest?.("textarea, input:not([type=checkbox], [type=radio])") ?? null;
}

/** @returns {Burst} */
function begin(field, at) {
  return { text: "", keys: 0, unread: 0, meddled: false, begun: at, last: at, field, before: field?.value ?? "" };
}

/** Return whether no hand was so fast. In a field a hand writes words, and a text that cannot be read is left to it. */
function isGun(burst, at) {
  const elapsed = at - burst.begun;
  if (!burst.field) return burst.keys >= SHORTEST_SCAN && elapsed <= burst.keys * FASTEST_HAND_MS;
  const readable = burst.unread === 0 && !burst.text.includes(" ");
  return readable && burst.keys >= SHORTEST_IN_A_FIELD && elapsed <= burst.keys * FASTEST_WRITER_MS;
}

/**
 * Make a field as if the gun had not typed into it. Where an input method is at work the field is left, caret and all:
 * that ends its composition, and what it hands over after the Enter goes nowhere.
 */
function putBack({ field, before, meddled }) {
  if (meddled) {
    field.blur();
    getSelection().removeAllRanges();
  }
  field.value = before;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * Listen for a gun on the whole page, wherever the focus is; its Enter presses no button and sends no form.
 * @param {(text: string, how: "typed" | "meddled") => void} onScan
 */
export function listen(onScan) {
  /** @type {Burst | null} */
  let burst = null;

  /** @param {KeyboardEvent} event */
  function hear(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || SILENT.has(event.key)) return;
    if (burst && event.timeStamp - burst.last > LONGEST_PAUSE_MS) burst = null;
    if (event.key === "Enter" || event.code === "Enter" || event.code === "NumpadEnter") {
      const ended = burst;
      burst = null;
      if (ended && isGun(ended, event.timeStamp)) take(ended, event);
      return;
    }
    const read = character(event);
    if (read === null) {
      burst = null;
      return;
    }
    burst ??= begin(fieldOf(event.target), event.timeStamp);
    burst.text += read;
    burst.keys += 1;
    burst.unread += read ? 0 : 1;
    burst.meddled ||= isMeddled(event);
    burst.last = event.timeStamp;
    if (event.key === " " && burst.keys > 1 && !burst.field) event.preventDefault();
  }

  /** @param {Burst} ended @param {KeyboardEvent} event */
  function take(ended, event) {
    event.preventDefault();
    event.stopPropagation();
    if (ended.field) putBack(ended);
    onScan(ended.text, ended.meddled ? "meddled" : "typed");
  }

  document.addEventListener("keydown", hear, { capture: true });
}
