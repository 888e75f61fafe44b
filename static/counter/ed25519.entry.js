/**
 * What `npm run assets` bundles into static/vendor/ed25519.js: checking Ed25519 signatures in browsers whose own
 * cryptography cannot.
 */
export { verifyAsync } from "@noble/ed25519";
