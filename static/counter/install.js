// Onto the home screen: offered by a button of ours where the browser says that it can be done.

/** @param {HTMLElement} button hidden until then */
export function offerInstall(button) {
  /** @type {any} */
  let offer = null;
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event;
    button.hidden = false;
  });
  button.addEventListener("click", () => {
    button.hidden = true; // a browser lets an offer be taken up once
    offer.prompt();
  });
}
