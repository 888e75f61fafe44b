// The camera: the browser's own BarcodeDetector where it has one, else the one that we serve.
import { recall, remember } from "./remember.js";

const FORMATS = ["qr_code", "ean_13", "ean_8", "upc_a", "code_128"];
const BETWEEN_LOOKS_MS = 120;
const SAME_AGAIN_MS = 2500;
const SIZE = { width: { ideal: 1280 }, height: { ideal: 720 } };
const CHOSEN = "camera";

async function makeDetector(address) {
  const own = globalThis.BarcodeDetector;
  const known = own ? await own.getSupportedFormats().catch(() => []) : [];
  if (FORMATS.slice(0, 2).every((format) => known.includes(format))) {
    return new own({ formats: FORMATS.filter((format) => known.includes(format)) });
  }
  const served = await import(address);
  return new served.BarcodeDetector({ formats: FORMATS });
}

/** Open the camera that was chosen on this device, or the one at its back where none was or it is gone. */
async function openStream() {
  const chosen = recall(CHOSEN);
  if (chosen) {
    try {
      return await navigator.mediaDevices.getUserMedia({ video: { deviceId: { exact: chosen }, ...SIZE } });
    } catch (error) {
      if (error.name === "NotAllowedError") throw error;
      remember(CHOSEN, "");
    }
  }
  return navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", ...SIZE } });
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
    this.wanted = false;
    this.starts = 0;
    this.seen = new Map();
  }

  get running() {
    return this.stream !== null;
  }

  /** @returns {MediaStreamTrack | undefined} */
  get track() {
    return this.stream?.getVideoTracks()[0];
  }

  get hasTorch() {
    const able = /** @type {{ torch?: boolean }} */ (this.track?.getCapabilities?.() ?? {});
    return able.torch === true;
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

  /** Show and watch. Returns "" or why not: "unsafe", "denied", "none". What was stopped meanwhile stays stopped. */
  async start() {
    if (this.running) return "";
    if (!navigator.mediaDevices) return "unsafe";
    const turn = ++this.starts;
    this.wanted = true;
    this.seen.clear(); // whoever starts it wants to know what lies before it, also when it was told before
    try {
      const stream = await openStream();
      if (turn !== this.starts) {
        stream.getTracks().forEach((track) => track.stop());
        return "";
      }
      this.stream = stream;
      this.video.srcObject = stream;
      await this.video.play();
      this.detector ??= await makeDetector(this.address);
      if (turn === this.starts) this.look(stream);
      return "";
    } catch (error) {
      if (turn !== this.starts) return "";
      this.stop();
      return error.name === "NotAllowedError" ? "denied" : "none";
    }
  }

  stop() {
    this.wanted = false;
    this.starts += 1;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }

  /** Shine or stop shining; returns whether it shines now. A camera that is stopped stops shining. */
  async shine(on) {
    const wanted = /** @type {MediaTrackConstraintSet} */ ({ torch: on });
    return this.track.applyConstraints({ advanced: [wanted] }).then(
      () => on,
      () => !on,
    );
  }

  /** Return the cameras of this device, in its own order. */
  async cameras() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((each) => each.kind === "videoinput" && each.deviceId);
  }

  /** Take the next camera instead, also the next time on this device. Returns as start does. */
  async change() {
    const cameras = await this.cameras();
    const now = this.track?.getSettings().deviceId;
    const at = cameras.findIndex((each) => each.deviceId === now);
    remember(CHOSEN, cameras[(at + 1) % cameras.length]?.deviceId ?? "");
    this.stop();
    return this.start();
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
    if (!again) this.onScan(text);
  }
}
