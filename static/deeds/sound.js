// Saying it instead of writing it. Where the phone cannot record, the button is not there.
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const BITS_A_SECOND = 24_000;

function canRecord() {
  return Boolean(navigator.mediaDevices?.getUserMedia) && "MediaRecorder" in window;
}

/** Let a form take spoken words; `onChange` is told whenever they are others. */
export function takeSound(box, onChange) {
  const button = box.querySelector("[data-speak-button]");
  const label = button.querySelector("span");
  const spoken = box.querySelector("[data-spoken]");
  const player = box.querySelector("audio");
  const told = box.querySelector("[data-sound-told]");
  const most = Number(box.dataset.most);
  let sound = /** @type {Blob | null} */ (null);
  let recorder = /** @type {MediaRecorder | null} */ (null);

  const show = () => {
    spoken.hidden = !sound;
    if (player.src) URL.revokeObjectURL(player.src);
    if (sound) player.src = URL.createObjectURL(sound);
    else player.removeAttribute("src");
    label.textContent = sound ? box.dataset.anew : box.dataset.speak;
  };
  const put = (blob) => {
    sound = blob;
    show();
  };
  const start = async () => {
    const heard = await navigator.mediaDevices.getUserMedia({ audio: true });
    const parts = [];
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    const made = new MediaRecorder(heard, { mimeType, audioBitsPerSecond: BITS_A_SECOND });
    let seconds = 0;
    const count = () => {
      label.textContent = box.dataset.recording.replace("{n}", String(seconds));
      if (seconds >= most && made.state === "recording") made.stop();
      seconds += 1;
    };
    const ticking = setInterval(count, 1000);
    made.addEventListener("dataavailable", (event) => parts.push(event.data));
    made.addEventListener("stop", () => {
      clearInterval(ticking);
      for (const track of heard.getTracks()) track.stop();
      recorder = null;
      put(new Blob(parts, { type: made.mimeType.split(";")[0] }));
      onChange();
    });
    recorder = made;
    made.start();
    count();
  };

  box.hidden = !canRecord() && !sound;
  button.hidden = !canRecord();
  button.addEventListener("click", async () => {
    told.textContent = "";
    if (recorder) return recorder.stop();
    try {
      await start();
    } catch {
      told.textContent = box.dataset.denied;
    }
  });
  box.querySelector("[data-drop-sound]").addEventListener("click", () => {
    put(null);
    onChange();
  });
  return {
    blob: () => sound,
    put(blob) {
      put(blob);
      box.hidden = !canRecord() && !blob;
    },
  };
}
