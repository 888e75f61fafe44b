// What time it is: by the books' clock as it was heard last, and whether this device's own can be believed.
const TRUSTED_BACK_MS = 60_000;

/** @typedef {import("./store.js").Clock} Clock */

/** Return the instant by the books' clock, as far as it is known. @param {Clock | undefined} clock */
export function instant(clock, now = Date.now()) {
  return new Date(now + (clock?.offset ?? 0));
}

/** Return the village's day of an instant, 2026-11-29: China has one time, eight hours ahead. @param {Date} at */
export function villageDay(at) {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
}

/** Return what is known of the clocks after the books said what time it is. */
export function heard(clock, saidMs, sentMs, gotMs) {
  return { offset: saidMs - (sentMs + gotMs) / 2, latest: Math.max(clock?.latest ?? 0, gotMs) };
}

/** Return the clock after one more look at it; it never runs back. */
export function seen(clock, now = Date.now()) {
  return { offset: clock?.offset ?? 0, latest: Math.max(clock?.latest ?? 0, now) };
}

/** Return the latest time shown so far, less what a clock may be set right by. @param {Clock | undefined} clock */
export function floor(clock) {
  return (clock?.latest ?? 0) - TRUSTED_BACK_MS;
}
