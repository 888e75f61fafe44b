// A press that takes a while says so on its button, from when the form goes until the next page, or its file, is here.
const SOON_MS = 400;
const LOOK_MS = 300;
const ARRIVED = "file_made=1";

/** @param {HTMLElement} button */
function wait(button) {
  button.setAttribute("aria-busy", "true");
  const looking = setInterval(() => {
    if (!document.cookie.includes(ARRIVED)) return; // a file that is saved opens no page; the answer leaves this behind
    document.cookie = `${ARRIVED}; Max-Age=0; Path=/`;
    rest();
  }, LOOK_MS);
  const rest = () => {
    clearInterval(looking);
    button.removeAttribute("aria-busy");
  };
  addEventListener("pageshow", rest, { once: true }); // somebody came back to it
}

document.addEventListener("submit", (event) => {
  const { submitter } = event;
  if (event.defaultPrevented || !submitter) return;
  document.cookie = `${ARRIVED}; Max-Age=0; Path=/`;
  setTimeout(() => wait(submitter), SOON_MS);
});
