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

export function sendOnce(form, button, photos) {
  let sending = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    button.disabled = true;
    const verb = button.textContent;
    button.textContent = form.dataset.sending;
    const body = new FormData(form);
    body.delete(photos.name);
    for (const file of photos.files()) body.append(photos.name, file, file.name);
    try {
      const answer = await fetch(location.href, { method: "POST", body, headers: { Accept: "text/html" } });
      if (answer.redirected) return location.assign(answer.url);
      tell(form, refusalIn(await answer.text()) ?? unsent(form));
    } catch {
      tell(form, unsent(form));
    }
    sending = false;
    button.disabled = false;
    button.textContent = verb;
  });
}
