import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { exportNameOf, fileNameOf, keyOf } from "../../src/memory/asset-name";
import { HOSTILE } from "./hostile-names";

describe("asset name", () => {
  const anyName = fc.oneof(fc.string({ unit: "binary" }), fc.string({ maxLength: 2000 }), fc.constantFrom(...HOSTILE));

  it("stays readable", () => {
    assert.match(fileNameOf("Boiler 3/Steam"), /^boiler-3-steam-[0-9a-f]{32}$/);
    assert.match(fileNameOf("第一工場 ボイラー"), /^第一工場-ボイラー-[0-9a-f]{32}$/);
    assert.match(keyOf("Boiler 3/Steam"), /^boiler_3_steam_[0-9a-f]{32}$/);
  });

  it("names a file that people take along by the asset alone where that is safe, and never two assets the same", () => {
    for (const name of ["boiler-3", "第一工場", "a"]) assert.equal(exportNameOf(name), name);
    for (const name of ["Boiler-3", "boiler 3", "", "con", "***", exportNameOf("a b")])
      assert.match(exportNameOf(name), /-[0-9a-f]{12}$/, name);
    const folded = (name: string): string => exportNameOf(name).normalize("NFD").toUpperCase();
    assert.equal(new Set(HOSTILE.map(folded)).size, HOSTILE.length);
    fc.assert(fc.property(anyName, anyName, (a, b) => assert.equal(folded(a) === folded(b), a === b)));
  });

  it("makes one plain name of at most 200 bytes of anything", () => {
    const folder = resolve("records");
    fc.assert(
      fc.property(anyName, (name) => {
        const file = fileNameOf(name);
        assert.equal(resolve(folder, file), join(folder, file), "leaves the folder");
        assert.match(file, /^[\p{L}\p{N}-]+$/u);
        assert.ok(Buffer.byteLength(file) <= 200, file);
        assert.match(keyOf(name), /^[a-z0-9_]+$/);
      }),
    );
  });

  it("keeps different names apart, also where the disk ignores case and composition", () => {
    const folded = (name: string): string => fileNameOf(name).normalize("NFD").toUpperCase();
    assert.equal(new Set(HOSTILE.map(folded)).size, HOSTILE.length);
    assert.equal(new Set(HOSTILE.map(keyOf)).size, HOSTILE.length);
    fc.assert(
      fc.property(anyName, anyName, (a, b) => {
        assert.equal(folded(a) === folded(b), a === b);
        assert.equal(keyOf(a) === keyOf(b), a === b);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (name) => {
        const upper = name.toUpperCase();
        assert.equal(folded(name) === folded(upper), name === upper);
      }),
    );
  });
});
