// 打小票: the page's own way to the printer.
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
