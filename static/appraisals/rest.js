// The rows that did not come with the page, in one piece; asked for again until they are there.
const AGAIN_MS = 3000;

export async function fetchRest(sheet, url) {
  while (!sheet.isWhole) {
    try {
      const response = await fetch(url, { headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(`${response.status}`);
      sheet.grow(await response.json());
      sheet.count = sheet.rows.length;
    } catch {
      await new Promise((again) => { setTimeout(again, AGAIN_MS); });
    }
  }
}
