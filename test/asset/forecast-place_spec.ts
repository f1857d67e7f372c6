/** Where a predictor puts its forecast: never where a node behind would take it for something else. */
import assert from "node:assert/strict";
import { OWN_PROPERTIES, placeOf, putForecast } from "../../src/asset/forecast-place";

/** As Node-RED reads a path, as far as it matters here. */
const partsOf = (path: string): string[] => {
  if (!/^[\w.]+$/.test(path)) throw new Error("no path");
  return path.split(".");
};
const set = (): never => assert.fail("the payload is not set by its path");

describe("place of a forecast", () => {
  it("is a path without msg., and the payload where none is named", () => {
    assert.equal(placeOf(" msg.plan.steam ", partsOf), "plan.steam");
    for (const none of [undefined, "", "  ", "payload", "msg.payload"]) assert.equal(placeOf(none, partsOf), "payload");
  });

  it("is none of this pack's own properties, but may lie within one, and is a path", () => {
    for (const own of [...OWN_PROPERTIES, "two words"])
      assert.throws(() => placeOf(own, partsOf), { code: "output" }, own);
    assert.equal(placeOf("forecast.mine", partsOf), "forecast.mine");
  });

  it("in the payload moves the reading aside", () => {
    const msg = { payload: 7 };
    assert.equal(putForecast(msg, "payload", 7, 8, set), true);
    assert.deepEqual(msg, { payload: 8, reading: 7, observed: { moved: 8 } });
  });

  it("elsewhere leaves payload and reading as they are, and says where nothing can be put", () => {
    const msg = { payload: 7 };
    const places: unknown[] = [];
    assert.equal(
      putForecast(msg, "plan", 7, 8, (to, place, value) => places.push(to, place, value)),
      true,
    );
    assert.deepEqual([places, msg], [[msg, "plan", 8], { payload: 7 }]);
    assert.equal(
      putForecast(msg, "payload.plan", 7, 8, () => false),
      false,
    );
  });
});
