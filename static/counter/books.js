// Whose books this page asks: a till's own, kept on this device, or, in a browser that is none, the server's.
import { openTill } from "./enrolled.js";
import { OnlineBooks } from "./online-books.js";
import { isTillOf } from "./store.js";

const root = document.getElementById("till");
const { api, place, tillPage } = root.dataset;

// A till redeems on its own page: on this one it would wait for itself to make room.
if (api && (await isTillOf(place))) {
  location.replace(tillPage);
  await new Promise(() => {});
}

export const books = api ? new OnlineBooks(root) : await openTill(root);
