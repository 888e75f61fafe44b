// Signing on the screen: what a finger, a pen or a mouse draws, kept as strokes on a field of 400 by 160 and written as
// the path of an SVG picture. love_market/vouchers/rules/proxies.py says what such a path may be.
const WIDTH = 400;
const HEIGHT = 160;
const LONGEST = 4000;
const NEAR = 3;

/** @typedef {[x: number, y: number]} Point */

/** @param {number} value @param {number} most */
function within(value, most) {
  return Math.round(Math.min(Math.max(value, 0), most));
}

/** @param {Point[][]} strokes */
function written(strokes) {
  return strokes.map(([first, ...rest]) => `M${first.join(" ")}L${(rest.length ? rest : [first]).flat().join(" ")}`).join("");
}

/** Leave out every other point between the ends. @param {Point[]} stroke */
function thinned(stroke) {
  return stroke.filter((_, at) => at % 2 === 0 || at === stroke.length - 1);
}

/** Return strokes as a path that is not too long for the books. @param {Point[][]} strokes */
function pathOf(strokes) {
  let path = written(strokes);
  while (path.length > LONGEST) {
    strokes = strokes.some((stroke) => stroke.length > 2) ? strokes.map(thinned) : strokes.slice(0, strokes.length >> 1);
    path = written(strokes);
  }
  return path;
}

export class Signature {
  /** @param {HTMLCanvasElement} canvas @param {() => void} changed told after each stroke */
  constructor(canvas, changed) {
    this.canvas = canvas;
    this.changed = changed;
    /** @type {Point[][]} */
    this.strokes = [];
    this.pointer = -1;
    canvas.width = WIDTH * 2;
    canvas.height = HEIGHT * 2;
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => this.#go(event));
    for (const kind of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(kind, (/** @type {PointerEvent} */ event) => this.#end(event));
    }
  }

  /** The strokes as a path; empty where nothing is drawn. */
  get path() {
    return pathOf(this.strokes);
  }

  /** Erase it, or show a path that was signed before. */
  show(path = "") {
    this.strokes = path.split("M").filter(Boolean).map((stroke) => {
      const numbers = stroke.split(/[ L]/).map(Number);
      return numbers.flatMap((x, at) => (at % 2 ? [] : [/** @type {Point} */ ([x, numbers[at + 1]])]));
    });
    this.#draw();
    this.changed();
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    if (this.pointer !== -1 || event.button !== 0) return;
    event.preventDefault();
    this.pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.strokes.push([this.#at(event)]);
    this.#draw();
  }

  /** @param {PointerEvent} event */
  #go(event) {
    if (event.pointerId !== this.pointer) return;
    const stroke = this.strokes[this.strokes.length - 1];
    const [x, y] = stroke[stroke.length - 1];
    const next = this.#at(event);
    if (Math.hypot(next[0] - x, next[1] - y) < NEAR) return;
    stroke.push(next);
    this.#draw();
  }

  /** @param {PointerEvent} event */
  #end(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = -1;
    this.changed();
  }

  /** @param {PointerEvent} event @returns {Point} */
  #at(event) {
    const box = this.canvas.getBoundingClientRect();
    return [
      within(((event.clientX - box.left) / box.width) * WIDTH, WIDTH),
      within(((event.clientY - box.top) / box.height) * HEIGHT, HEIGHT),
    ];
  }

  #draw() {
    const pen = this.canvas.getContext("2d");
    pen.setTransform(2, 0, 0, 2, 0, 0);
    pen.clearRect(0, 0, WIDTH, HEIGHT);
    pen.lineWidth = 3;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = getComputedStyle(this.canvas).color;
    pen.stroke(new Path2D(written(this.strokes)));
  }
}
