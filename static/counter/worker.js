// The service worker of the counter: keeps its page and everything on it, so that it opens without a network.
// `self.SHELL` is put before these lines by the server: {version, page, files}.
const { version, page, files } = /** @type {any} */ (self).SHELL;
const KEPT = `counter-${version}`;
const PICTURES = "counter-pictures";
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

/** Fetch everything anew, past any cache in between: all of it or nothing. */
async function install() {
  const cache = await caches.open(KEPT);
  await cache.addAll([page, ...files].map((each) => new Request(each, { cache: "reload" })));
}

/** Let go of what older versions kept. */
async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("counter-") && name !== KEPT && name !== PICTURES);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** Answer from what is kept, else ask. Addresses differ only in the version behind the question mark. */
async function fromKept(request) {
  const cache = await caches.open(KEPT);
  return (await cache.match(request, { ignoreSearch: true, ignoreVary: true })) ?? fetch(request);
}

/** Photos of goods are kept when they are first seen; their name changes when they do. */
async function picture(request) {
  const cache = await caches.open(PICTURES);
  const known = await cache.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) cache.put(request, answer.clone());
  return answer;
}

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
// The page asks for this when nothing is under way that a new version could disturb.
worker.addEventListener("message", (event) => event.data === "replace" && worker.skipWaiting());
worker.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const address = new URL(url);
  if (method !== "GET" || address.origin !== worker.location.origin) return;
  if (address.pathname === page || address.pathname.startsWith("/static/")) event.respondWith(fromKept(event.request));
  else if (/^\/goods\/[0-9a-f]{64}\.jpg$/.test(address.pathname)) event.respondWith(picture(event.request));
});
