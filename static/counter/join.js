// Becoming a till, by the one-time code that a committee member shows.
import { ask, NoAnswer } from "./ask.js";
import { newKey } from "./basket.js";
import * as door from "./door.js";
import { makeKeys, publicKey } from "./signing.js";
import { beginAnew, readAll } from "./store.js";
import { fill } from "./words.js";

const CODE = /^#join=(\d{12})\.([A-Z2-7]+)$/;

/**
 * Become a till where the address brings a code, and forget the code. A device that is a till already stays it: what
 * waits in it is signed by its key, and the lease is in its name. Only one that was cut off, and has nothing left to
 * send, begins anew.
 */
export async function join(store, words) {
  const [, village, code] = CODE.exec(location.hash) ?? [];
  if (!code) return;
  // Scanned with WeChat the page opens in WeChat, which lets go of what pages keep: the code is for the phone's browser.
  if (/MicroMessenger/.test(navigator.userAgent)) return door.stop(words.in_wechat);
  history.replaceState(null, "", location.pathname);
  const { till, lease, records } = await readAll(store);
  if (till && !(lease?.cut_off && records.every(({ state }) => state === "sent"))) {
    await door.press(fill(words.join_already, { village: till.village_name, name: till.name }), words.back);
    return door.open();
  }
  await door.press(words.join_ask, words.join);
  const answer = await enrol(village, code, words);
  if (!answer.ok) return door.stop(answer.data.detail);
  const { till_id: id, name, village_code, village_name, market_id, market_name } = answer.data;
  const made = { id, name, village_code, village_name, market_id, market_name };
  await beginAnew(store, { till: made, keys: answer.keys, request: 0 });
  return door.open();
}

/** Ask until there is an answer: a code that was taken is good for the same key and id again. */
async function enrol(village, code, words) {
  const keys = await makeKeys();
  const body = JSON.stringify({ code, till_id: newKey(), public_key: await publicKey(keys) });
  for (;;) {
    door.close(words.joining);
    try {
      return { ...(await ask(`/api/v1/v/${village}/tills`, { body })), keys };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      await door.press(words.join_no_answer, words.join_again);
    }
  }
}
