// The camera: the browser's own BarcodeDetector where it has one, else the one that we serve.
const FORMATS = ["qr_code", "ean_13", "ean_8", "upc_a", "code_128"];
const BETWEEN_LOOKS_MS = 120;
const SAME_AGAIN_MS = 2500;
const BEEP_SECONDS = 0.09;
const BEEP_HERTZ = 1175;

async function makeDetector(address) {
  const own = globalThis.BarcodeDetector;
  const known = own ? await own.getSupportedFormats().catch(() => []) : [];
  if (FORMATS.slice(0, 2).every((format) => known.includes(format))) {
    return new own({ formats: FORMATS.filter((format) => known.includes(format)) });
  }
  const served = await import(address);
  return new served.BarcodeDetector({ formats: FORMATS });
}

/** Say that something was read: a short tone, and a short shake where the phone can. */
function signal() {
  navigator.vibrate?.(60);
  try {
    const sound = new AudioContext();
    const tone = sound.createOscillator();
    tone.frequency.value = BEEP_HERTZ;
    tone.connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + BEEP_SECONDS);
    tone.onended = () => sound.close();
  } catch {
    // A till without a voice scans as well.
  }
}

export class Camera {
  /**
   * @param {HTMLVideoElement} video
   * @param {string} detector the address of the detector that we serve
   * @param {(text: string) => void} onScan
   */
  constructor(video, detector, onScan) {
    this.video = video;
    this.address = detector;
    this.onScan = onScan;
    this.detector = null;
    this.stream = null;
    this.seen = new Map();
  }

  get running() {
    return this.stream !== null;
  }

  /** Return whether the browser lets the camera be used without asking once more. */
  async allowed() {
    try {
      const permission = await navigator.permissions.query({ name: /** @type {any} */ ("camera") });
      return permission.state === "granted";
    } catch {
      return false;
    }
  }

  /** Show and watch. Returns "" or why not: "unsafe", "denied", "none". */
  async start() {
    if (this.running) return "";
    if (!navigator.mediaDevices) return "unsafe";
    try {
      const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", ...size } });
      this.video.srcObject = this.stream;
      await this.video.play();
      this.detector ??= await makeDetector(this.address);
    } catch (error) {
      this.stop();
      return error.name === "NotAllowedError" ? "denied" : "none";
    }
    this.look(this.stream);
    return "";
  }

  stop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }

  async look(stream) {
    while (this.stream === stream) {
      const found = await this.detector.detect(this.video).catch(() => []);
      if (this.stream !== stream) return;
      for (const code of found) this.tell(code.rawValue);
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS));
    }
  }

  /** A code that stays in view is told once. */
  tell(text) {
    const now = performance.now();
    const again = now - (this.seen.get(text) ?? -Infinity) < SAME_AGAIN_MS;
    this.seen.set(text, now);
    if (again) return;
    signal();
    this.onScan(text);
  }
}
