// Sending what happened: in order, in batches, each record until the books have said what became of it.
import { NoAnswer } from "./ask.js";
import { amendRecord } from "./store.js";

const A_BATCH = 20;

/**
 * Send all records that wait; `changed` is told after each batch. Raises NoAnswer where the line breaks: what was sent
 * and not answered is sent again, and the books take it once. Returns how many were sent.
 */
export async function deliver(store, line, changed) {
  for (let sent = 0; ; ) {
    const waiting = (await store.getAll("records")).filter((one) => one.state === "done");
    if (!waiting.length) return sent;
    const batch = waiting.slice(0, A_BATCH);
    const answer = await line.ask("records", {
      records: batch.map(({ body, signature }) => ({ body, signature })),
    });
    if (!answer.ok) throw new NoAnswer(answer.data.error);
    for (const [index, outcome] of answer.data.outcomes.entries()) {
      const { entry_number, outcome: became, reasons } = outcome;
      await amendRecord(store, batch[index].number, { state: "sent", entry_number, outcome: became, reasons });
    }
    sent += batch.length;
    await changed();
  }
}

/** Return what waits as a file that can be brought in at any till, or by the committee. */
export function asFile(till, records, at) {
  const waiting = records.filter((one) => one.state === "done" || one.outcome === "refused");
  const told = {
    what: "love-market records 1",
    till_id: till.id,
    till_name: till.name,
    village_code: till.village_code,
    saved_at: at,
    records: waiting.map(({ body, signature }) => ({ body, signature })),
  };
  return new File([JSON.stringify(told, null, 1)], `${till.name}-${at.slice(0, 10)}.json`, { type: "application/json" });
}
