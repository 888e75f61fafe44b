// A file field that says in the page's own words what was chosen. Without this script the browser's own control shows.
function listen(box) {
  const input = box.querySelector("input[type=file]");
  const names = box.querySelector("output");
  const tell = () => {
    names.textContent = [...input.files].map((file) => file.name).join("、") || box.dataset.none;
  };
  box.classList.add("is-live");
  box.querySelectorAll("[hidden]").forEach((part) => part.removeAttribute("hidden"));
  input.addEventListener("change", tell);
  tell();
}

document.querySelectorAll("[data-upload]").forEach(listen);
