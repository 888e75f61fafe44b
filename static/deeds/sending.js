// Sends the form without leaving the page, so that a refusal or a lost network loses nothing; the key makes it once.
function tell(form, note) {
  const place = form.querySelector("#told");
  place.replaceChildren(note);
  place.scrollIntoView({ block: "center" });
  note.tabIndex = -1;
  note.focus();
}

function unsent(form) {
  const note = Object.assign(document.createElement("div"), { className: "note note-wait", textContent: form.dataset.unsent });
  note.setAttribute("role", "alert");
  return note;
}

// The server answers with the form's page and its note, or with a page of its own that says what is wrong.
function refusalIn(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const note = page.querySelector(".note-bad") ?? page.querySelector("#page .lead");
  if (note && !note.classList.contains("note")) note.className = "note note-bad";
  return note && document.adoptNode(note);
}

/** @returns {Promise<{url: string, text: string}>} what came back; how far it is on the way is told meanwhile */
function post(body, onWay) {
  return new Promise((done, fail) => {
    const asked = new XMLHttpRequest();
    asked.open("POST", location.href);
    asked.setRequestHeader("Accept", "text/html");
    asked.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => lengthComputable && onWay(loaded / total));
    asked.addEventListener("load", () => done({ url: asked.responseURL, text: asked.responseText }));
    asked.addEventListener("error", fail);
    asked.addEventListener("abort", fail);
    asked.send(body);
  });
}

async function isThere(address) {
  const answer = await fetch(address, { redirect: "manual" });
  return answer.ok;
}

/**
 * Send a form once, however often it is pressed and whatever gets lost.
 * @param {HTMLFormElement} form @param {HTMLButtonElement} button
 * @param {{ready: () => Promise<unknown>, body: () => FormData, there: () => string, wasSent: () => boolean,
 *   sending: () => Promise<void>, arrived: () => Promise<void>}} told what to wait for and to send, where it is found
 *   then, and what is to be kept of that
 */
export function sendOnce(form, button, told) {
  const progress = document.querySelector("[data-progress]");
  let busy = false;
  let again = false;
  const onWay = (share) => {
    progress.value = share;
  };
  const goTo = async (address) => {
    await told.arrived();
    location.assign(address);
  };
  const send = async () => {
    // An answer may have got lost: what is in the books already is not told a second time in other words.
    if (told.wasSent() && (await isThere(told.there()))) return goTo(told.there());
    await told.ready();
    const body = told.body();
    await told.sending();
    const answer = await post(body, onWay);
    const path = new URL(answer.url).pathname;
    if (path === new URL(told.there(), location.href).pathname) return goTo(answer.url);
    if (path !== location.pathname) return location.assign(answer.url);
    tell(form, refusalIn(answer.text) ?? unsent(form));
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    again = false;
    button.disabled = true;
    const verb = button.textContent;
    button.textContent = form.dataset.sending;
    progress.hidden = false;
    onWay(0);
    try {
      await send();
    } catch {
      again = true;
      tell(form, unsent(form));
    }
    progress.hidden = true;
    busy = false;
    button.disabled = false;
    button.textContent = verb;
  });
  window.addEventListener("online", () => again && form.requestSubmit());
}
