// The door of a till's page: what is shown in place of the counter while it is closed, and what is asked there.

function element(id) {
  return document.getElementById(id);
}

/** Close the door, and say why; a way leads elsewhere. @param {{href: string, label: string} | null} way */
export function close(sentence, way = null) {
  element("door").hidden = false;
  element("door-words").textContent = sentence;
  element("door-act").hidden = true;
  const link = /** @type {HTMLAnchorElement} */ (element("door-way"));
  link.hidden = !way;
  if (way) Object.assign(link, { href: way.href, textContent: way.label });
  document.body.classList.add("is-closed");
}

/** Open it: the counter is there. */
export function open() {
  element("door").hidden = true;
  document.body.classList.remove("is-closed");
}

/** Say why this page goes no further. @returns {Promise<never>} */
export function stop(sentence, way = null) {
  close(sentence, way);
  return new Promise(() => {});
}

/** Ask for a press of the red button, however long that takes. @param {string} label what it does */
export function press(sentence, label) {
  close(sentence);
  const button = element("door-act");
  button.hidden = false;
  button.textContent = label;
  return new Promise((resolve) => button.addEventListener("click", resolve, { once: true }));
}
