// Signing out forgets what is kept in this browser and was not sent; where there is any, it is asked about first.
const START = "unsent:";

function unsent() {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(START));
  } catch {
    return [];
  }
}

document.querySelector("form[data-unsent]")?.addEventListener("submit", (event) => {
  const names = unsent();
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (names.length && !window.confirm(form.dataset.unsent.replace("{count}", String(names.length)))) event.preventDefault();
  else names.forEach((name) => localStorage.removeItem(name));
});
