// Blocks of cells as WPS and Excel put them on the clipboard: rows by line breaks, cells by tabs, quotes doubled. Empty
// rows at the end, which a column marked to its foot brings along, clear nobody.
export function parseBlock(text) {
  const rows = [];
  let row = [];
  let cell = "";
  let quoted = false;
  const endCell = () => {
    row.push(cell);
    cell = "";
  };
  const endRow = () => {
    endCell();
    rows.push(row);
    row = [];
  };
  const plain = text.replace(/\r\n?/g, "\n");
  for (let at = 0; at < plain.length; at += 1) {
    const sign = plain[at];
    if (quoted && sign === '"' && plain[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (quoted && sign === '"') quoted = false;
    else if (quoted) cell += sign;
    else if (sign === '"' && cell === "") quoted = true;
    else if (sign === "\t") endCell();
    else if (sign === "\n") endRow();
    else cell += sign;
  }
  if (cell !== "" || row.length) endRow();
  const block = rows.map((cells) => cells.map((each) => each.trim()));
  while (block.length > 1 && block[block.length - 1].every((each) => each === "")) block.pop();
  return block;
}

export function writeBlock(rows) {
  return rows.map((cells) => cells.map((each) => (/["\t\n]/.test(each) ? `"${each.replace(/"/g, '""')}"` : each)).join("\t")).join("\r\n");
}
