// Saying it instead of writing it. Where the phone cannot record, the button is not there.
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const BITS_A_SECOND = 24_000;

function canRecord() {
  return Boolean(navigator.mediaDevices?.getUserMedia) && "MediaRecorder" in window;
}

/** Record until it is stopped or `most` seconds have passed; `onSecond` is told how many, `onEnd` what was said. */
async function record(most, onSecond, onEnd) {
  const heard = await navigator.mediaDevices.getUserMedia({ audio: true });
  const parts = [];
  const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
  const recorder = new MediaRecorder(heard, { mimeType, audioBitsPerSecond: BITS_A_SECOND });
  let seconds = 0;
  const count = () => {
    onSecond(seconds);
    if (seconds >= most && recorder.state === "recording") recorder.stop();
    seconds += 1;
  };
  const ticking = setInterval(count, 1000);
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  recorder.addEventListener("stop", () => {
    clearInterval(ticking);
    for (const track of heard.getTracks()) track.stop();
    onEnd(new Blob(parts, { type: recorder.mimeType.split(";")[0] }));
  });
  recorder.start();
  count();
  return recorder;
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
  const say = (seconds) => {
    label.textContent = box.dataset.recording.replace("{n}", String(seconds));
  };
  const keep = (blob) => {
    recorder = null;
    put(blob);
    onChange();
  };

  box.hidden = !canRecord() && !sound;
  button.hidden = !canRecord();
  button.addEventListener("click", async () => {
    told.textContent = "";
    if (recorder) return recorder.stop();
    try {
      recorder = await record(most, say, keep);
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
