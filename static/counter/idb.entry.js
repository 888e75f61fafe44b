/** What `npm run assets` bundles into static/vendor/idb.js: IndexedDB with promises. */
export { openDB } from "idb";
