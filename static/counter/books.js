// Whose books this page asks: a till's own, kept on this device, or, in a browser that is none, the server's.
import { openTill } from "./enrolled.js";
import { OnlineBooks } from "./online-books.js";

const root = document.getElementById("till");

export const books = root.dataset.api ? new OnlineBooks(root) : await openTill(root);
