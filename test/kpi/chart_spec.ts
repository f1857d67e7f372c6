import assert from "node:assert/strict";
import fc from "fast-check";
import { lineChart, niceTicks } from "../../src/kpi/chart";

const FRAME = { title: "t", xLabel: String, yLabel: String, fromZero: true, width: 700, height: 200 };

describe("chart", () => {
  it("has round ticks that enclose what is drawn", () => {
    assert.deepEqual(niceTicks(0, 4.3), [0, 2, 4, 6]);
    assert.deepEqual(niceTicks(-12_000, 3_000), [-15_000, -10_000, -5_000, 0, 5_000]);
    const size = fc.double({ min: -1e12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(size, size, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const ticks = niceTicks(low, high);
        assert.ok(ticks.length >= 2 && ticks.length <= 8, String(ticks));
        const slack = 1e-9 * Math.max(1, Math.abs(low), Math.abs(high));
        assert.ok(ticks[0] <= low + slack && (ticks.at(-1) as number) >= high - slack, `${low} ${high}: ${ticks}`);
        ticks.slice(1).forEach((tick, i) => {
          assert.ok(tick > ticks[i]);
        });
      }),
    );
  });

  it("draws every point inside its frame", () => {
    const value = fc.oneof(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.constant(Number.NaN));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), (ys) => {
        const svg = lineChart({
          ...FRAME,
          lines: [{ name: "a", colour: "#000", points: ys.map((y, x) => ({ x, y })) }],
        });
        assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
        const drawn = [...svg.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)];
        assert.equal(drawn.length, ys.filter(Number.isFinite).length);
        for (const [, x, y] of drawn) assert.ok(+x >= 57 && +x <= 687 && +y >= 25 && +y <= 177, `${x} ${y}`);
      }),
    );
  });

  it("leaves a gap where nothing was known", () => {
    const points = [1, 2, Number.NaN, 3, 4].map((y, x) => ({ x, y }));
    const [path] = lineChart({ ...FRAME, lines: [{ name: "a", colour: "#000", points }] }).match(/ d="[^"]*"/) ?? [""];
    assert.equal(path.match(/M/g)?.length, 2);
  });

  it("asks for no label beyond the points that are drawn, be it a single one at the end of the calendar", () => {
    for (const xs of [[8.64e15], [-8.64e15, 8.64e15], [1 - 8.64e15, 8.64e15], [0, 10]]) {
      const asked: number[] = [];
      const xLabel = (x: number) => String(asked.push(x));
      lineChart({ ...FRAME, xLabel, lines: [{ name: "a", colour: "#000", points: xs.map((x) => ({ x, y: 1 })) }] });
      assert.deepEqual([asked[0], asked.at(-1)], [xs[0], xs.at(-1)]);
      assert.equal(asked.length, xs.length === 1 ? 1 : 5);
    }
  });

  it("takes names as text", () => {
    const svg = lineChart({ ...FRAME, title: "<script>", lines: [{ name: "a&b", colour: "#000", points: [] }] });
    assert.ok(svg.includes("&#60;script&#62;") && svg.includes("a&#38;b") && !svg.includes("<script"));
  });
});
