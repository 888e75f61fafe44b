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

/**
 * Return what is known of the clocks after the books said what time it is: then this one is as right as it can be,
 * and what it showed before does not count any more.
 * @param {number} said @param {{begun: number, got: number}} exchange by this device's clock, all in milliseconds
 * @returns {Clock}
 */
export function heard(said, { begun, got }) {
  return { offset: said - (begun + got) / 2, latest: got };
}

/** Return the clock after one more look at it; it never runs back. */
export function seen(clock, now = Date.now()) {
  return { offset: clock?.offset ?? 0, latest: Math.max(clock?.latest ?? 0, now) };
}

/** Return the latest time shown so far, less what a clock may be set right by. @param {Clock | undefined} clock */
export function floor(clock) {
  return (clock?.latest ?? 0) - TRUSTED_BACK_MS;
}

/**
 * Begin to time an exchange; the function that is returned says by this device's clock, as it stands at the end, when
 * the exchange began at the latest: also when the clock was set meanwhile, or the device slept.
 * @returns {() => {begun: number, got: number}} milliseconds
 */
export function timed() {
  const [shown, ran] = [Date.now(), performance.now()];
  return () => {
    const got = Date.now();
    return { begun: Math.min(shown, got - (performance.now() - ran)), got };
  };
}
