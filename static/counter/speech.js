// What a scan came to, spoken aloud where the clerk wishes it and the device has a voice for the page's language.
import { recall, remember } from "../web/remember.js";

const SPOKEN = { zh: /^(zh|cmn)(-Hans)?-CN$/i, en: /^en\b/i };

/** @type {SpeechSynthesisVoice | undefined} */
let voice;
let wished = false;

/** Android writes zh_CN. */
function findVoice() {
  const language = document.documentElement.lang.startsWith("zh") ? SPOKEN.zh : SPOKEN.en;
  const voices = speechSynthesis.getVoices().filter((each) => language.test(each.lang.replaceAll("_", "-")));
  return voices.find((each) => each.localService) ?? voices[0];
}

/**
 * Let a tick say whether to speak, kept on this device; it shows itself once there is a voice.
 * @param {HTMLInputElement} tick
 */
export function offerSpeech(tick) {
  if (!globalThis.speechSynthesis) return;
  const look = () => {
    voice = findVoice();
    tick.closest("label").hidden = !voice;
  };
  wished = tick.checked = recall("speak") === "yes";
  tick.addEventListener("change", () => {
    wished = tick.checked;
    remember("speak", wished ? "yes" : "");
    if (!wished) speechSynthesis.cancel();
  });
  speechSynthesis.addEventListener?.("voiceschanged", look);
  look();
}

/** Leave out the stars of a masked name, which are seen and not read out. @param {string} text */
export function unstarred(text) {
  return text.replaceAll("*", "");
}

/** Say it, and no more of what was said before. @param {string} text */
export function say(text) {
  if (!wished || !voice) return;
  if (speechSynthesis.speaking) speechSynthesis.cancel();
  const words = new SpeechSynthesisUtterance(text);
  words.voice = voice;
  words.lang = voice.lang.replaceAll("_", "-");
  speechSynthesis.speak(words);
}
