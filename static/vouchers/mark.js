// Marking who took their vouchers: all at once, and how many the button speaks of. Without this script each box works.
const go = document.querySelector("[data-mark-go]");
const all = document.querySelector("[data-mark-all]");
const boxes = [...document.querySelectorAll("input[name=voucher]")];

function tell() {
  const count = boxes.filter((box) => box.checked).length;
  go.textContent = count ? go.dataset.some.replace("{count}", String(count)) : plain;
  all.querySelector("input").checked = count === boxes.length;
  all.querySelector("input").indeterminate = count > 0 && count < boxes.length;
}

const plain = go?.textContent;
if (go && all) {
  all.hidden = false;
  all.addEventListener("change", (event) => {
    boxes.forEach((box) => (box.checked = event.target.checked));
    tell();
  });
  boxes.forEach((box) => box.addEventListener("change", tell));
  tell();
}
