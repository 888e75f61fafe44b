// Asking the books in JSON. An answer is an answer, good or bad; no answer is told apart from it.
const LONGEST_WAIT_MS = 20_000;
const CLIENT_ERROR = 400;
const SERVER_ERROR = 500;
const NOT_NOW = 503;

/**
 * Nobody answered, or nobody we can understand: what was asked may or may not have happened. `detail` is what the
 * application said where it is only being handed over: to ask the same again in a few seconds.
 */
export class NoAnswer extends Error {
  constructor(message, detail = "") {
    super(message);
    this.detail = detail;
  }
}

/**
 * Ask; return `{ok, status, data}` for every answer of the application. Raises NoAnswer for a broken line, a long
 * silence, or an answer that is not the application's. What has a body is sent, what has none is only read.
 * @param {string} url
 * @param {{body?: string, headers?: Record<string, string>, wait?: number}} [options] a body is JSON already
 */
export async function ask(url, { body, headers = {}, wait = LONGEST_WAIT_MS } = {}) {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), wait);
  try {
    const response = await fetch(url, {
      method: body === undefined ? "GET" : "POST",
      headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      body,
      signal: silence.signal,
      cache: "no-store",
    });
    const data = await response.json();
    if (response.status >= SERVER_ERROR) {
      throw new NoAnswer(String(response.status), response.status === NOT_NOW ? data.detail : "");
    }
    return { ok: response.status < CLIENT_ERROR, status: response.status, data };
  } catch (error) {
    throw error instanceof NoAnswer ? error : new NoAnswer(String(error));
  } finally {
    clearTimeout(timer);
  }
}
