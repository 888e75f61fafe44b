// Reads the statement aloud, where the device has a voice; elsewhere the button stays away. Pressed again, it stops.
const button = document.querySelector("#read-aloud");
const SLOW = 0.85;

/** @param {HTMLButtonElement} control */
function offer(control) {
  const label = control.querySelector("span");
  const read = label?.textContent ?? "";
  const { words = "", stop = "" } = control.dataset;

  /** @param {boolean} reading */
  function show(reading) {
    control.setAttribute("aria-pressed", String(reading));
    if (label) label.textContent = reading ? stop : read;
  }

  control.addEventListener("click", () => {
    const reading = control.getAttribute("aria-pressed") === "true";
    speechSynthesis.cancel();
    if (reading) {
      show(false);
      return;
    }
    const speech = new SpeechSynthesisUtterance(words);
    speech.lang = document.documentElement.lang === "en" ? "en" : "zh-CN";
    speech.rate = SLOW;
    speech.onend = () => show(false);
    speech.onerror = () => show(false);
    speechSynthesis.speak(speech);
    show(true);
  });
  addEventListener("pagehide", () => speechSynthesis.cancel());
  control.setAttribute("aria-pressed", "false");
  control.hidden = false;
}

if (button instanceof HTMLButtonElement && "speechSynthesis" in window) offer(button);
