import { strict as assert } from "node:assert";
import { Bias } from "../../src/forecaster/bias";

describe("bias", () => {
  const following = (...errors: number[]): Bias => {
    const bias = new Bias();
    for (const error of errors) bias.update(error, 1);
    return bias;
  };

  it("is what it would have been, where a label is corrected before the next one", () => {
    const right = following(1, 1.2, 0.9, 1.1);
    const corrected = following(1, 1.2, 0.9, 5);
    corrected.amend(1.1 - 5, 1, 0);
    assert.ok(Math.abs(corrected.value - right.value) < 1e-12, `${corrected.value} ${right.value}`);
  });

  it("is not moved by the correction of a label that was too far off to be believed", () => {
    const bias = following(1, 1.2, 0.9);
    const before = bias.value;
    bias.update(5000, 1);
    bias.amend(1 - 5000, 1, 0);
    assert.equal(bias.value, before);
    // Nor is the next one the second in a row.
    bias.update(4000, 1);
    assert.equal(bias.value, before);
  });

  it("is what it would have been, where a laboratory corrects its last labels all at once", () => {
    const right = following(3, 3.2, 2.9, 3.1, 3, 3.1);
    const corrected = following(1, 1.2, 0.9, 1.1, 1, 1.1);
    for (let since = 5; since >= 0; since--) corrected.amend(2, 1, since);
    // Only the first one has been taken as it was.
    assert.ok(Math.abs(corrected.value - right.value) < 0.01, `${corrected.value} ${right.value}`);
  });

  it("is not moved by the correction of a label that had moved nothing some labels ago", () => {
    const bias = following(1, 1.2, 0.9, 5000, 1.1);
    const before = bias.value;
    bias.amend(1 - 5000, 1, 1);
    assert.equal(bias.value, before);
  });
});
