// Sentences of the page with {braces}, filled with words or with figures.

/** Fill a sentence's braces and return it as plain text. */
export function fill(sentence, values = {}) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Write a sentence into an element; values listed in `figures` stand out as figures. */
export function write(element, sentence, values = {}, figures = {}) {
  const parts = sentence.split(/\{(\w+)\}/);
  element.replaceChildren(
    ...parts.map((part, index) => {
      if (index % 2 === 0) return part;
      if (!(part in figures)) return String(values[part] ?? "");
      const figure = document.createElement("b");
      figure.className = figures[part];
      figure.textContent = String(values[part]);
      return figure;
    }),
  );
}

/** Return a copy of a template's piece with its slots filled with text. */
export function piece(name, slots = {}) {
  const template = document.querySelector(`#piece-${name}`);
  const copy = template.content.firstElementChild.cloneNode(true);
  for (const [slot, text] of Object.entries(slots)) copy.querySelector(`[data-slot=${slot}]`).textContent = text;
  return copy;
}
