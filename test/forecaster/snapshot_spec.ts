import assert from "node:assert/strict";
import { Forecaster, SnapshotError } from "../../src/index";
import { plant } from "./plant";

describe("snapshot of a forecaster", () => {
  const f = Forecaster.create({ inputs: ["a"], target: "y", size: 2 });
  for (const row of plant(30)) f.step(row, { learn: true });
  const bytes = f.save();
  const refused = (broken: Uint8Array, code: string) =>
    assert.throws(
      () => Forecaster.load(broken),
      (error: unknown) => error instanceof SnapshotError && error.code === code,
    );

  it("notices a flipped bit anywhere", () => {
    for (let at = 0; at < bytes.length; at += 97) {
      const broken = Uint8Array.from(bytes);
      broken[at] ^= 4;
      assert.throws(() => Forecaster.load(broken), SnapshotError, `byte ${at}`);
    }
  });

  it("notices a cut at any length", () => {
    for (let length = 0; length < bytes.length; length += 211)
      assert.throws(() => Forecaster.load(bytes.slice(0, length)), SnapshotError, `${length} bytes`);
  });

  it("tells foreign, newer and damaged records apart", () => {
    refused(Buffer.from("something else altogether, and long enough to be looked at closely"), "foreign");
    const newer = Uint8Array.from(bytes);
    newer[8] = 99;
    refused(newer, "newer");
    const damaged = Uint8Array.from(bytes);
    damaged[bytes.length >> 1] ^= 1;
    refused(damaged, "damaged");
  });

  it("keeps a checkpoint of another shape away from a model", () => {
    const other = Forecaster.create({ inputs: ["a"], target: "y", size: 3 });
    const before = other.checkpoint();
    assert.throws(() => other.rollback(f.checkpoint()), SnapshotError);
    assert.deepEqual(other.checkpoint(), before);
  });
});
