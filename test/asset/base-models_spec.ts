import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BaseMemory, type BaseModel, type BaseModels } from "../../src/asset/base-models";
import { FileStore } from "../../src/memory/file-store";

describe("the models that were trained on history", () => {
  let folder: string;
  let open: BaseMemory[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bases-"));
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((memory) => memory.close()));
    rmSync(folder, { recursive: true });
  });

  const memory = (): BaseMemory => {
    const made = new BaseMemory("model-1", new FileStore(folder), ({ text }) => assert.fail(text));
    open.push(made);
    return made;
  };
  const list = (of: BaseMemory): BaseModels => {
    let found: BaseModels | undefined;
    of.list((given) => {
      found = given;
    }, assert.fail);
    return found as BaseModels;
  };
  const add = (to: BaseMemory, byte: number): BaseModel => {
    let added: BaseModel | undefined;
    const keep = (model: BaseModel): void => {
      added = model;
    };
    to.add(Uint8Array.of(byte), { at: byte, hash: `hash ${byte}`, about: { rows: byte } }, keep, assert.fail);
    return added as BaseModel;
  };
  const used = (of: BaseMemory): number | undefined => {
    let byte: number | undefined;
    of.used((bytes) => {
      byte = bytes?.[0];
    }, assert.fail);
    return byte;
  };

  it("are numbered, used only when chosen, and still there after a restart", async () => {
    const first = memory();
    assert.deepEqual([add(first, 7).version, add(first, 8).version, used(first)], [1, 2, undefined]);
    first.choose(1, 99, () => {}, assert.fail);
    assert.equal(used(first), 7);
    await first.close();
    const second = memory();
    assert.equal(used(second), 7);
    assert.deepEqual(
      list(second).models.map(({ version, accepted, about }) => [version, accepted, about]),
      [
        [1, 99, { rows: 7 }],
        [2, null, { rows: 8 }],
      ],
    );
    assert.equal(add(second, 9).version, 3);
  });

  it("the eleventh takes the place of the oldest, but never of the one in use", () => {
    const one = memory();
    for (let i = 1; i <= 13; i++) {
      add(one, i);
      if (i === 2) one.choose(2, 0, () => {}, assert.fail);
    }
    assert.deepEqual(
      list(one).models.map(({ version }) => version),
      [2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
    );
    assert.equal(used(one), 2);
  });
});
