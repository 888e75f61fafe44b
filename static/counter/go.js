// The red button: it says and does the next thing, whatever that is now.
const go = /** @type {HTMLButtonElement} */ (document.getElementById("go"));
const A_DOUBLE_TAP_MS = 400;

let resting = 0;

/** What it says now is not what the finger came for: the second tap of two does not press it. */
function rest() {
  clearTimeout(resting);
  go.setAttribute("aria-disabled", "true");
  resting = setTimeout(() => go.removeAttribute("aria-disabled"), A_DOUBLE_TAP_MS);
}

/** Show what it does now; without an act it waits. @param {{label: string, act: (() => void) | null, long?: boolean}} next */
export function drawGo({ label, act, long = false }) {
  go.classList.toggle("modest", long);
  if (go.textContent !== label) rest();
  go.textContent = label;
  go.disabled = act === null;
}

/** Do the next thing when it is pressed: once, however long a key is held. @param {() => void} press */
export function onGo(press) {
  go.addEventListener("click", ({ detail: taps }) => {
    if (taps === 0 || !go.hasAttribute("aria-disabled")) press();
  });
  go.addEventListener("keydown", (event) => event.repeat && event.preventDefault());
}
