// A draft of rules lives in its page alone: whoever is about to leave it by mistake is asked.
const AGAIN_MS = 1000;
const form = /** @type {HTMLFormElement} */ (document.querySelector("form[data-draft]"));
let isWritten = form.dataset.draft === "written";

form.addEventListener("input", () => {
  isWritten = true;
});
// What is sent is not lost. A file that is saved leaves the page where it is.
form.addEventListener("submit", () => {
  isWritten = false;
  setTimeout(() => {
    isWritten = true;
  }, AGAIN_MS);
});
window.addEventListener("beforeunload", (event) => {
  if (isWritten) event.preventDefault();
});
