// The size of the words: three steps, kept on this device for a year. Without this script the links still work once.
const KEPT_SECONDS = 60 * 60 * 24 * 365;
const SIZES = ["1", "2", "3"];

function apply(size) {
  const root = document.documentElement;
  SIZES.forEach((each) => root.classList.toggle(`text-${each}`, each === size));
  document.querySelectorAll("[data-text-size]").forEach((link) => {
    if (link.dataset.textSize === size) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
}

function keep(size) {
  document.cookie = `text_size=${size}; path=/; max-age=${KEPT_SECONDS}; samesite=lax`;
  try {
    localStorage.setItem("text_size", size);
  } catch {
    // A browser that forbids storage still has the cookie.
  }
}

function kept() {
  const cookie = /(?:^|; )text_size=([123])/.exec(document.cookie);
  if (cookie) return cookie[1];
  try {
    const size = localStorage.getItem("text_size");
    return SIZES.includes(size) ? size : null;
  } catch {
    return null;
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-text-size]");
  if (!link) return;
  event.preventDefault();
  keep(link.dataset.textSize);
  apply(link.dataset.textSize);
});

const size = kept();
if (size) apply(size);
