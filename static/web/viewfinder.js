// The viewfinder: the camera's picture with its buttons. The camera rests while nobody can see the page.
import { Camera } from "./scan.js";

function element(id) {
  return document.getElementById(id);
}

export class Viewfinder {
  /**
   * @param {string} detector the address of the detector that we serve
   * @param {Record<string, string>} words
   * @param {(text: string) => void} onScan
   * @param {() => void} onChange the camera began or ended
   */
  constructor(detector, words, onScan, onChange) {
    this.camera = new Camera(document.querySelector("#camera"), detector, onScan);
    this.words = words;
    this.onChange = onChange;
    this.resting = false;
    element("camera-start").addEventListener("click", () => this.start());
    element("camera-torch").addEventListener("click", () => this.torch());
    element("camera-change").addEventListener("click", () => this.change());
    document.addEventListener("visibilitychange", () => this.rest());
  }

  get running() {
    return this.camera.running;
  }

  async start() {
    const from = document.activeElement;
    this.draw();
    this.begin(await this.camera.start(), from);
  }

  stop() {
    this.resting = false;
    this.camera.stop();
    this.draw();
  }

  /** Say something over the picture until the camera begins or ends. */
  tell(text) {
    if (this.running) element("camera-words").textContent = text;
  }

  /**
   * @param {string} trouble as Camera.start returns it
   * @param {Element | null} from where the focus was when the camera was asked for; who went elsewhere since stays there
   */
  begin(trouble, from = document.body) {
    const stayed = [from, document.body].includes(document.activeElement);
    this.draw(trouble);
    this.onChange();
    if (trouble && stayed) element("code").focus();
    if (this.running) this.drawChange();
  }

  draw(trouble = "") {
    const { words, running } = this;
    this.camera.video.hidden = !running;
    element("camera-start").hidden = running;
    element("camera-torch").hidden = !running || !this.camera.hasTorch;
    element("camera-torch").setAttribute("aria-pressed", "false");
    if (!running) element("camera-change").hidden = true;
    const why = { denied: words.camera_denied, none: words.camera_none, unsafe: words.camera_unsafe };
    element("camera-words").textContent = trouble ? why[trouble] : running ? words.aim : "";
  }

  async drawChange() {
    const cameras = await this.camera.cameras();
    element("camera-change").hidden = !this.running || cameras.length < 2;
  }

  async torch() {
    const button = element("camera-torch");
    const shines = await this.camera.shine(button.getAttribute("aria-pressed") !== "true");
    button.setAttribute("aria-pressed", String(shines));
  }

  async change() {
    const button = element("camera-change");
    if (button.disabled) return;
    button.disabled = true;
    this.begin(await this.camera.change());
    button.disabled = false;
    if (this.running && document.activeElement === document.body) button.focus(); // nobody went elsewhere meanwhile
  }

  rest() {
    if (document.hidden) {
      const wanted = this.camera.wanted;
      this.stop();
      this.resting = wanted;
    } else if (this.resting) {
      this.resting = false;
      this.start();
    }
  }
}
