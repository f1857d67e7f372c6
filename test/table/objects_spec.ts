import assert from "node:assert/strict";
import fc from "fast-check";
import { fieldsOf } from "../../src/table/objects";
import { readTable } from "../../src/table/table";
import { clock, names, read, row, time } from "./reading";

const at = (i: number): string => `${clock(60 * i).iso}T${clock(60 * i).hms}Z`;
const some = <Row>(make: (i: number) => Row): Row[] => Array.from({ length: 20 }, (_, i) => make(i));

describe("a table of JSON", () => {
  it("messages of Node-RED, one a line: what the payload holds goes by its own name", () => {
    const lines = some((i) => JSON.stringify({ _msgid: `a${i}`, topic: "b1", payload: { T: 60 + i, F: 12.5 }, timestamp: Date.parse(at(i)) })); // biome-ignore format: one line
    const table = read(lines.join("\n"));
    assert.deepEqual([names(table), time(table, 3), row(table, 3)], [["T", "F"], "2026-03-02T06:03:00.000Z", { T: 63, F: 12.5 }]); // biome-ignore format: one line
  });

  it("messages with one value each: the topic is the tag", () => {
    const table = read(JSON.stringify(some((i) => ["T", "F"].map((topic) => ({ topic, payload: i + 0.5, timestamp: at(i) }))).flat())); // biome-ignore format: one line
    assert.deepEqual([table.format.tagColumn, names(table), table.times.length], ["topic", ["T", "F"], 20]);
  });

  it("objects within objects: each value has the names on its way", () => {
    const table = read(JSON.stringify(some((i) => ({ time: at(i), boiler: { T: i, burner: { F: 2 } }, T: 7 }))));
    assert.deepEqual(row(table, 3), { "boiler.T": 3, "boiler.burner.F": 2, T: 7 });
    assert.deepEqual(fieldsOf({ topic: "a", payload: { topic: "b", x: 1 } }), [["topic", "a"], ["payload.topic", "b"], ["x", 1]]); // biome-ignore format: one line
  });

  it("rows within an answer, rows that are arrays, and columns side by side", () => {
    const wanted = { T: 3.5 };
    assert.deepEqual(row(read(JSON.stringify({ status: "ok", data: some((i) => ({ time: at(i), T: i + 0.5 })) })), 3), wanted); // biome-ignore format: one line
    assert.deepEqual(row(read(JSON.stringify([["time", "T"], ...some((i) => [at(i), i + 0.5])])), 3), wanted);
    assert.deepEqual(row(read(JSON.stringify({ time: some(at), T: some((i) => i + 0.5) })), 3), wanted);
    assert.equal(read(JSON.stringify(some((i) => [Date.parse(at(i)), i]))).format.dateOrder, "ms");
  });

  it("messages with a list of rows each, as gateways send them", () => {
    const message = (i: number) => ({ timestamp: Date.parse(at(i)), values: ["T", "F"].map((id, k) => ({ id, v: i + 0.5 + 10 * k, q: true, t: Date.parse(at(i)) })) }); // biome-ignore format: one line
    for (const text of [JSON.stringify(some(message)), some((i) => JSON.stringify(message(i))).join("\n")]) {
      const table = read(text);
      assert.deepEqual([names(table), time(table, 3), row(table, 3)], [["T", "F"], "2026-03-02T06:03:00.000Z", { T: 3.5, F: 13.5 }]); // biome-ignore format: one line
    }
  });

  it("columns as objects, as pandas writes them: their keys are times, or only count the rows", () => {
    const column = <T>(key: (i: number) => string | number, value: (i: number) => T): Record<string, T> =>
      Object.fromEntries(some((i) => [key(i), value(i)]));
    const number = (i: number): number => i + 0.5;
    const iso = { T: column(at, number), F: column(at, number) };
    const ms = { T: column((i) => Date.parse(at(i)), number), F: column((i) => Date.parse(at(i)), number) };
    const counted = { when: column(Number, at), T: column(Number, number), F: column(Number, number) };
    for (const columns of [iso, ms, counted]) {
      const table = read(JSON.stringify(columns));
      assert.deepEqual([time(table, 3), row(table, 3)], ["2026-03-02T06:03:00.000Z", { T: 3.5, F: 3.5 }]);
    }
  });

  it("any JSON: a table or a problem that says why", () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.array(fc.object({ maxDepth: 3 }), { minLength: 1 })), (value) => {
        try {
          readTable(JSON.stringify(value) ?? "", { zone: "UTC" });
        } catch (error) {
          assert.equal((error as Error).name, "TableProblem", String((error as Error).stack));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("series in JSON", () => {
  const ms = (i: number): number => Date.parse(at(i));
  const pairs = (from: number) => some((i) => [from + i + 0.5, ms(i)]);
  const swapped = (from: number) => some((i) => [ms(i) / 1000, String(from + i + 0.5)]);
  const matrix = (...result: object[]) => ({ status: "success", data: { resultType: "matrix", result } });
  const columns = (of: object) => ({ name: "boiler", columns: ["time", "T", "F"], values: some((i) => [at(i), 60 + i + 0.5, 10 + i + 0.5]), ...of }); // biome-ignore format: one line
  const frame = (name: string, from: number) => ({ schema: { fields: [{ name: "Time", type: "time" }, { name, type: "number", config: { unit: "°C" } }] }, data: { values: [some(ms), some((i) => from + i + 0.5)] } }); // biome-ignore format: one line

  for (const [what, json, wanted] of [
    ["Grafana's datapoints", [{ target: "T", datapoints: pairs(60) }, { target: "F", datapoints: pairs(10) }], ["T", "F"]],
    ["one of them", [{ target: "T", datapoints: pairs(60) }], ["T"]],
    ["Grafana's frames", { results: { A: { frames: [frame("T", 60)] }, B: { frames: [frame("F", 10)] } } }, ["T", "F"]],
    ["Prometheus, by the labels that differ", matrix({ metric: { __name__: "t", job: "plc", unit: "a" }, values: swapped(60) }, { metric: { __name__: "t", job: "plc", unit: "b" }, values: swapped(10) }), ["t{unit=a}", "t{unit=b}"]],
    ["Prometheus, one", matrix({ metric: { __name__: "t", job: "plc" }, values: swapped(60) }), ["t"]],
    ["Prometheus, an expression", matrix({ metric: {}, values: swapped(60) }), ["value"]],
    ["InfluxQL", { results: [{ statement_id: 0, series: [columns({})] }] }, ["boiler T", "boiler F"]],
    ["InfluxQL by tags", { results: [{ series: [columns({ tags: { no: "1" } }), columns({ tags: { no: "2" } })] }] }, ["boiler T{no=1}", "boiler F{no=1}", "boiler T{no=2}", "boiler F{no=2}"]],
    ["points by the names of tags", { T: some((i) => ({ ts: ms(i), value: String(60.5 + i) })), F: some((i) => ({ ts: ms(i), value: "1" })) }, ["T", "F"]],
    ["pairs by the names of tags", { T: some((i) => [ms(i), 60.5 + i]), F: some((i) => [ms(i), 1]) }, ["T", "F"]],
    ["a historian's items", { Items: [{ Name: "T", Items: some((i) => ({ Timestamp: at(i), Value: 60.5 + i, Good: true })) }] }, ["T"]],
    ["columns of times and values", { metric: { __name__: "T" }, values: some((i) => 60.5 + i), timestamps: some(ms) }, ["T"]],
  ] as [string, object, string[]][]) // biome-ignore format: one line each
    it(what, () => {
      const table = read(JSON.stringify(json));
      assert.deepEqual([names(table), table.times.length, time(table, 3)], [wanted, 20, "2026-03-02T06:03:00.000Z"]);
      assert.equal(row(table, 3)[wanted[0] as string], 63.5);
    });

  it("what OPC UA calls bad is no value, however its code is wrapped", () => {
    for (const code of [0x80000000, { Code: 0x808a0000 }, { value: 0x80000000, name: "Bad" }]) {
      const values = some((i) => ({ SourceTimestamp: at(i), Value: 60.5 + i, StatusCode: i === 4 ? code : 0 }));
      const table = read(JSON.stringify({ T: values }));
      assert.deepEqual([table.columns[1]?.read, row(table, 4)], [19, {}]);
    }
  });

  it("one value a row with the tag in two columns", () => {
    const table = read(`time,device,metric,value\n${some((i) => ["a,T", "a,F", "b,T", "b,F"].map((tag, k) => `${at(i)},${tag},${i + 10 * k}`).join("\n")).join("\n")}`); // biome-ignore format: one line
    assert.deepEqual([table.format.tagColumn, names(table)], ["device metric", ["a T", "a F", "b T", "b F"]]);
    assert.deepEqual([table.times.length, row(table, 3)], [20, { "a T": 3, "a F": 13, "b T": 23, "b F": 33 }]);
    assert.ok(table.names.includes("device metric"));
  });
});
