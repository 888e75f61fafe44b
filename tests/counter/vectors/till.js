// The till's side of a comparison: takes a line of JSON, gives a line of JSON.
// {"rules": …} is what to decide by from now on, answered by the operators known here; {"asked": …} is decided.
import { createInterface } from "node:readline";
import { decide } from "../../../static/counter/decide.js";
import { OPERATORS, Refused } from "../../../static/counter/refusals.js";

let rules;

function answer(asked) {
  try {
    return decide(rules, asked);
  } catch (error) {
    return error instanceof Refused ? { error: error.name, sentence: error.message } : { broken: String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const said = JSON.parse(line);
  rules = said.rules ?? rules;
  console.log(JSON.stringify(said.rules ? Object.keys(OPERATORS) : answer(said.asked)));
}
