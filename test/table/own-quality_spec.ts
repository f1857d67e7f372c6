/** Columns that say how good the values beside them are. */
import assert from "node:assert/strict";
import { clock, lines, names, read, row } from "./reading";

const stamp = (i: number): string => `${clock(60 * i).iso} ${clock(60 * i).hms}`;
/** A minute a row; the first value is called bad in ten of them. */
const table = (head: string, good: string, bad: string) =>
  read(`${head}\n${lines(60, (i) => `${stamp(i)},${i >= 20 && i < 30 ? `0.00,${bad}` : `6${i % 10}.5,${good}`},12.25,${good}`)}`); // biome-ignore format: one line

describe("values beside their quality", () => {
  for (const [what, head, good, bad] of [
    ["OPC DA", "Time,Temp,Temp_Quality,Flow,Flow_Quality", "192", "0"],
    ["OPC UA", "Time,Temp,Temp.Status,Flow,Flow.Status", "0", "2150891520"],
    ["words", "Time,FIC101/PV.CV,FIC101/PV.ST,TIC102/PV.CV,TIC102/PV.ST", "Good", "BadSensorFailure"],
    ["codes with their words", "Time,Temp,Temp.StatusCode,Flow,Flow.StatusCode", "Good (0x00000000)", "BadTimeout"],
    ["units in the names", "Time,T [°C],T quality,F [t/h],F quality", "Valid", "Invalid"],
    ["names of both", "日時,炉内温度 値,炉内温度 品質,流量 値,流量 品質", "Good", "Bad"],
    ["without names of their own", "Time,Temp,Status,Flow,Status", "OK", "Comm Fail"],
  ] as const)
    it(`${what}: what is bad is missing, and the quality no sensor`, () => {
      const found = table(head, good, bad);
      assert.equal(names(found).length, 2);
      assert.deepEqual([found.columns[1]?.missing, found.columns[3]?.missing, found.unreadable.count], [10, 0, 0]);
      const [first, second] = names(found) as [string, string];
      assert.deepEqual([row(found, 25), row(found, 30)], [{ [second]: 12.25 }, { [first]: 60.5, [second]: 12.25 }]);
    });

  it("one value, called so", () => {
    const found = read(`Time,Value,Quality\n${lines(60, (i) => `${stamp(i)},${i}.5,${i === 7 ? "Bad" : "Good"}`)}`);
    assert.deepEqual([names(found), found.columns[1]?.missing], [["Value"], 1]);
  });

  it("words and numbers that are none leave everything as it is", () => {
    for (const [head, good, bad] of [
      ["Time,Temp,Temp Status,Flow,Flow Status", "AUTO", "MAN"],
      ["Time,Temp,Temp Status,Flow,Flow Status", "-", "--"],
      ["Time,Temp,Temp quality,Flow,Flow quality", "98", "95"],
      ["Time,Temp,Part quality,Flow,Batch quality", "Good", "Bad"],
    ] as const) {
      const found = table(head, good, bad);
      assert.deepEqual([found.columns[1]?.missing, row(found, 25).Temp], [0, 0], head);
    }
  });
});
