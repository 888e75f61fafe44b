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
  if (lease?.cut_off) parts.splice(0, parts.length, words.status_cut_off);
  else if (signedOut) parts.push(words.status_signed_out);
  else if (until) parts.push(fill(online ? words.status_until : words.status_offline_until, { when: until }));
  else if (lease?.holder_name) parts.push(fill(words.status_other, { name: lease.holder_name }));
  else parts.push(words.status_no_lease);
  const line = element("status");
  line.dataset.state = lease?.cut_off ? "stopped" : sending && waiting ? "sending" : online ? "online" : "offline";
  element("status-words").textContent = parts.join(words.comma);
}
