// Refusals as rows of data: love_market/refusals.py describes them, and this reads them where there is no network.
import { fill } from "./words.js";

/**
 * @typedef {string | number | boolean | null} Value
 * @typedef {Record<string, Value>} Facts a day is an ISO string, an instant its milliseconds since 1970
 * @typedef {[fact: string, operator: string, other: Value | {fact: string}]} Condition
 * @typedef {{error: string, sentence: string, when: Condition[]}} Row
 */

/**
 * Only two numbers or two ISO days have an order.
 * @param {(one: any, other: any) => boolean} compare
 */
function ordered(compare) {
  return (/** @type {Value} */ one, /** @type {Value} */ other) => {
    if (typeof one !== typeof other || !["number", "string"].includes(typeof one)) {
      throw new TypeError(`${one} and ${other} have no order`);
    }
    return compare(one, other);
  };
}

/** @type {Record<string, (one: Value, other: Value) => boolean>} the same as love_market/refusals.py has */
export const OPERATORS = {
  is: (one, other) => one === other,
  "is not": (one, other) => one !== other,
  "<": ordered((one, other) => one < other),
  ">": ordered((one, other) => one > other),
  ">=": ordered((one, other) => one >= other),
};

/** What the rules do not allow: `name` is the error as the server calls it, `message` its sentence. */
export class Refused extends Error {
  /** @param {string} name @param {string} sentence */
  constructor(name, sentence) {
    super(sentence);
    this.name = name;
  }
}

/**
 * Return the first row whose conditions all hold, or null.
 * @param {Row[]} rows
 * @param {Facts} facts
 */
export function first(rows, facts) {
  return rows.find(({ when }) => when.every((condition) => holds(condition, facts))) ?? null;
}

/**
 * Throw the first row that holds as Refused.
 * @param {Row[]} rows
 * @param {Facts} facts
 */
export function check(rows, facts) {
  const row = first(rows, facts);
  if (row) throw new Refused(row.error, fill(row.sentence, facts));
}

/** @param {Condition} condition @param {Facts} facts */
function holds([fact, operator, other], facts) {
  return OPERATORS[operator](known(facts, fact), isFact(other) ? known(facts, other.fact) : other);
}

/**
 * @param {Value | {fact: string}} other
 * @returns {other is {fact: string}}
 */
function isFact(other) {
  return other !== null && typeof other === "object";
}

/** @param {Facts} facts @param {string} name */
function known(facts, name) {
  if (facts[name] === undefined) throw new TypeError(`nobody said what ${name} is`);
  return facts[name];
}
