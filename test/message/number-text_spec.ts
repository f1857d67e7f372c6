import assert from "node:assert/strict";
import { numbersIn } from "../../src/message/number-text";
import { stateWords } from "../../src/text/state-word";

describe("numbers as text on the wire", () => {
  for (const [
    text,
    number,
  ] of [["21.5", 21.5], ["21.5 °C", 21.5], ["48%", 48], ["7.1bar", 7.1], ["5.2 A", 5.2], ["€ 12.5", 12.5], ["-$12.5", -12.5], ["12.5€", 12.5], ["CHF 12.5", 12.5], ["85.2 €/MWh", 85.2], ["<0.5", 0.5], ["≤ 0.5 mg/l", 0.5], ["~12", 12], ["60.5 (Good)", 60.5], ["ON", 1], ["stop", 0], ["運転", 1], ["閉", 0], ["true", 1]] as const) // biome-ignore format: one line
    it(`“${text}” is ${number}`, () => {
      assert.deepEqual(numbersIn([{ x: text }, text], "point"), [{ x: number }, number]);
      assert.equal(numbersIn(text, "refuse"), text);
    });

  it("true and false of JSON are 1 and 0 as their words are, where they may be", () => {
    assert.deepEqual(numbersIn([{ run: true, valve: false }, true], "point"), [{ run: 1, valve: 0 }, 1]);
    assert.deepEqual(numbersIn({ run: true }, "refuse"), { run: true });
  });

  it("other words mean what was said of them", () => {
    const stateIn = stateWords(["AUTO/MAN"]);
    assert.deepEqual(numbersIn({ x: "auto", y: "ON" }, "point", stateIn), { x: 1, y: "ON" });
  });

  it("what is marked, bad, or may be a code stays text, for the guard to name", () => {
    for (const text of ["60.5*", "60.5 (Bad)", "60.5 (Uncertain)", "60.5 (estimated)", "12A", "12A-3", "(60.0)", "($60.0)", "AUTO", "Bad", "12:30", "2026-03-02", "", "1,234"]) // biome-ignore format: one line
      assert.equal(numbersIn(text, "point"), text);
    assert.deepEqual(numbersIn({ x: "21,5 °C", y: "<0,5" }, "comma"), { x: 21.5, y: 0.5 });
  });
});
