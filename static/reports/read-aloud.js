// Reads the statement aloud, where the device has a voice; elsewhere the button stays away.
const button = document.querySelector("#read-aloud");

if (button instanceof HTMLButtonElement && "speechSynthesis" in window) {
  button.hidden = false;
  button.addEventListener("click", () => {
    speechSynthesis.cancel();
    const speech = new SpeechSynthesisUtterance(button.dataset.words ?? "");
    speech.lang = "zh-CN";
    speech.rate = 0.85;
    speechSynthesis.speak(speech);
  });
}
