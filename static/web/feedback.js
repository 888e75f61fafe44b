// What a scan sounds and feels like. Yes is two short high tones going up and one short shake; no is two long low buzzes
// going down and two long shakes: told apart across a shop, and by a hand in a pocket.
const LOUDNESS = 0.25;
const FADE_SECONDS = 0.015;
const TOO_LATE_MS = 500;

/** @typedef {{ hertz: number, from: number, seconds: number }} Tone */
/** @typedef {{ wave: OscillatorType, tones: Tone[], shake: number[] }} Signal */

/** @type {Signal} */
const YES = {
  wave: "sine",
  tones: [
    { hertz: 1047, from: 0, seconds: 0.08 },
    { hertz: 1568, from: 0.09, seconds: 0.12 },
  ],
  shake: [60],
};
/** @type {Signal} */
const NO = {
  wave: "square",
  tones: [
    { hertz: 220, from: 0, seconds: 0.2 },
    { hertz: 165, from: 0.26, seconds: 0.34 },
  ],
  shake: [220, 90, 220],
};

/** @type {AudioContext | undefined} */
let sound;
/** @type {Promise<void> | undefined} */
let awake;

/** A browser makes no sound before somebody has touched the page, and some fall silent again in the background. */
function wake() {
  if (!globalThis.AudioContext || sound?.state === "running") return;
  sound ??= new AudioContext();
  awake = sound.resume().catch(() => {});
}

for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, wake, { capture: true, passive: true });

/** @param {Signal} signal */
async function give(signal) {
  navigator.vibrate?.(signal.shake);
  const asked = performance.now();
  await awake;
  if (sound?.state === "running" && performance.now() - asked < TOO_LATE_MS) play(signal);
}

/** @param {Signal} signal */
function play({ wave, tones }) {
  for (const { hertz, from, seconds } of tones) {
    const begin = sound.currentTime + from;
    const tone = new OscillatorNode(sound, { type: wave, frequency: hertz });
    const loudness = new GainNode(sound, { gain: 0 });
    loudness.gain.setValueAtTime(0, begin);
    loudness.gain.linearRampToValueAtTime(LOUDNESS, begin + FADE_SECONDS);
    loudness.gain.setValueAtTime(LOUDNESS, begin + seconds - FADE_SECONDS);
    loudness.gain.linearRampToValueAtTime(0, begin + seconds);
    tone.connect(loudness).connect(sound.destination);
    tone.start(begin);
    tone.stop(begin + seconds);
  }
}

/** A voucher or a good was accepted. */
export function yes() {
  give(YES);
}

/** What was scanned was refused. */
export function no() {
  give(NO);
}
