// The goods on the shelf: by barcode, by name, and what changed since they were put in the basket.
import { fill } from "./words.js";

/** Return what was scanned or typed in its plain spelling: half-width, no blanks, capitals. */
export function plain(text) {
  return text.normalize("NFKC").replace(/\s+/g, "").toUpperCase();
}

/** Return a barcode without the zeros that one scanner gives in front and another leaves out. */
function bare(code) {
  return /^\d{8,}$/.test(code) ? code.replace(/^0+/, "") : code;
}

/** Return whether a text can only be the barcode of a packet: a short code has nine places and is never so long. */
export function isPacketCode(text) {
  return /^(\d{8}|\d{12,14})$/.test(plain(text));
}

/** Return whether a packet's barcode was misread or mistyped: its last digit does not fit the others (GS1, GB 12904). */
export function isMisread(text) {
  const [check, ...digits] = [...plain(text)].reverse().map(Number);
  const total = digits.reduce((sum, digit, place) => sum + digit * (place % 2 === 0 ? 3 : 1), 0);
  return (10 - (total % 10)) % 10 !== check;
}

export class Shelf {
  constructor(goods) {
    this.replace(goods);
  }

  replace(goods) {
    this.goods = new Map(goods.map((good) => [good.id, good]));
  }

  get(id) {
    return this.goods.get(id);
  }

  byBarcode(text) {
    const code = bare(plain(text));
    return code ? [...this.goods.values()].find((good) => good.barcode && bare(good.barcode) === code) : undefined;
  }

  /** Return the goods whose name, spec or barcode holds what was typed, those in stock first. */
  matching(text) {
    const wanted = plain(text);
    const found = [...this.goods.values()].filter((good) => plain(good.name + good.spec + good.barcode).includes(wanted));
    return [...found.filter((good) => good.quantity > 0), ...found.filter((good) => good.quantity <= 0)];
  }

  /** Set the basket right after the shelf changed; return a sentence for each thing that had to change. */
  settle(basket, words) {
    const told = [];
    for (const [id, line] of [...basket.lines]) {
      const good = this.get(id);
      const name = good?.name ?? line.name;
      if (!good || good.quantity <= 0) {
        basket.put(good ?? { id }, 0);
        told.push(fill(words.gone, { name }));
        continue;
      }
      if (good.points_price !== line.points) told.push(fill(words.repriced, { name, points: good.points_price }));
      if (good.quantity < line.quantity) {
        told.push(fill(words.fewer, { name, left: good.quantity, unit: good.unit_name }));
      }
      basket.put(good, Math.min(line.quantity, good.quantity));
    }
    return told;
  }
}
