// A newer page: it is fetched beside this one, and takes its place when nothing is under way that it could disturb.
const LOOK_MS = 5_000;
const ASK_MS = 3_600_000;

/** @typedef {ServiceWorkerRegistration | null} Kept null where the browser keeps no pages */

/** Have the page kept on this device, so that it opens without a network. @param {string} worker @returns {Promise<Kept>} */
export async function keepPage(worker) {
  try {
    return await navigator.serviceWorker.register(worker, { scope: "/" });
  } catch {
    return null; // it works all the same for as long as it stays open
  }
}

/** Go over to a newer page once there is one. @param {Kept} kept @param {() => boolean} idle whether nothing is under way */
export function followUpdates(kept, idle) {
  if (!kept) return;
  if (navigator.serviceWorker.controller) {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
  }
  setInterval(() => idle() && kept.waiting?.postMessage("replace"), LOOK_MS);
  // A page that is never closed would never hear of a newer one.
  setInterval(() => kept.update().catch(() => {}), ASK_MS);
}
