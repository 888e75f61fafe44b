// What this device was told once: which camera, whether to speak. A browser that forbids storage forgets it.

/** @param {string} name @returns {string} what was kept, "" for nothing */
export function recall(name) {
  try {
    return localStorage.getItem(`till:${name}`) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} name @param {string} value "" keeps nothing */
export function remember(name, value) {
  try {
    if (value) localStorage.setItem(`till:${name}`, value);
    else localStorage.removeItem(`till:${name}`);
  } catch {
    // It holds while the page is open.
  }
}
