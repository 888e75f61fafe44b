// The line at the top of a till: whether there is a network, what waits, until when it may redeem without one.
import { fill } from "./words.js";

function element(id) {
  return document.getElementById(id);
}

/** Return an instant as people say it, by the village's clock: 11月29日 18:05. @param {Date} at */
export function moment(at) {
  const here = new Date(at.getTime() + 8 * 3_600_000);
  return `${here.getUTCMonth() + 1}月${here.getUTCDate()}日 ${here.toISOString().slice(11, 16)}`;
}

/** Write the parts, so that a line breaks between them; what is said already is not said again. */
function say(parts, comma) {
  const told = element("status-words");
  if (told.textContent === parts.join(comma)) return;
  told.replaceChildren(
    ...parts.map((part, index) =>
      Object.assign(document.createElement("span"), { textContent: index < parts.length - 1 ? part + comma : part }),
    ),
  );
}

/**
 * Say how things stand, in one line.
 * @param {{online: boolean, sending: boolean, waiting: number, lease: import("./store.js").Lease & {cut_off?: boolean}
 *   | undefined, ready: boolean, offset: number, signedOut: boolean}} standing
 */
export function drawStatus(standing, words) {
  const { online, sending, waiting, lease, ready, offset, signedOut } = standing;
  const until = lease?.held && ready ? moment(new Date(lease.ends + offset)) : "";
  const first = sending && waiting ? fill(words.status_sending, { count: waiting }) : online ? words.status_online : words.status_offline;
  const parts = [first];
  if (waiting && !sending) parts.push(fill(words.status_waiting, { count: waiting }));
  if (lease?.cut_off) parts[0] = words.status_cut_off;
  else if (until) {
    const sentence = !online ? words.status_offline_until : signedOut ? words.status_until_signed_out : words.status_until;
    parts.push(fill(sentence, { when: until }));
  } else if (signedOut && online) parts.push(words.status_signed_out);
  else if (lease?.holder_name) parts.push(fill(words.status_other, { name: lease.holder_name }));
  else parts.push(online ? words.status_no_lease : words.status_closed);
  const line = element("status");
  line.dataset.state = lease?.cut_off ? "stopped" : sending && waiting ? "sending" : online ? "online" : "offline";
  say(parts, words.comma);
}
