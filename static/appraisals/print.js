// A button that opens the printer's dialog.
document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
