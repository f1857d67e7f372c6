import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { FileStore } from "../../src/memory/file-store";
import { encodeRecord } from "../../src/memory/record";
import type { Loaded } from "../../src/memory/store";
import { HOSTILE } from "./hostile-names";

describe("file store", () => {
  let folder: string;
  let store: FileStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "file-store-"));
    store = new FileStore(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const record = (asset: string, text: string): Uint8Array =>
    encodeRecord({ kind: "test", asset, payload: Buffer.from(text) });
  const textOf = (loaded: Loaded): string | undefined => loaded.record && Buffer.from(loaded.record.payload).toString();
  const save = (asset: string, text: string): Promise<void> => store.save("node1", asset, record(asset, text));
  const files = (): string[] => readdirSync(join(folder, readdirSync(folder)[0])).sort();
  const pathOf = (ending: string): string => {
    const found = files().find((file) => file.endsWith(ending));
    assert.ok(found, `${ending} among ${files()}`);
    return join(folder, readdirSync(folder)[0], found);
  };

  it("finds nothing before the first save, and does not even make a folder", () => {
    assert.deepEqual(store.load("node1", "a"), { setAside: [] });
    assert.deepEqual(store.assets("node1"), []);
    assert.deepEqual(readdirSync(folder), []);
  });

  it("keeps the newest and the one before, and nothing else", async () => {
    for (const text of ["first", "second", "third"]) await save("a", text);
    assert.equal(textOf(store.load("node1", "a")), "third");
    assert.deepEqual(
      files().map((file) => file.slice(file.indexOf("."))),
      [".record", ".record.prev"],
    );
    rmSync(pathOf(".record"));
    assert.equal(textOf(store.load("node1", "a")), "second");
  });

  it("keeps hostile names apart and inside its folder", async () => {
    const inner = new FileStore(join(folder, "records"));
    for (const name of HOSTILE) await inner.save("../node1", name, record(name, ""));
    assert.deepEqual(readdirSync(folder), ["records"]);
    rmSync(join(folder, "records"), { recursive: true });
    for (const name of HOSTILE) await save(name, JSON.stringify(name));
    for (const name of HOSTILE) assert.equal(textOf(store.load("node1", name)), JSON.stringify(name));
    assert.deepEqual(new Set(store.assets("node1")), new Set(HOSTILE));
    assert.equal(files().length, HOSTILE.length);
    await store.save("../node2", "a", record("a", "other owner"));
    assert.equal(readdirSync(folder).length, 2);
    assert.deepEqual(store.load("node2", "a"), { setAside: [] });
  });

  it("falls back to the previous record wherever the newest is damaged or cut off, and keeps the damaged one", async () => {
    const good = record("a", "newest");
    for (let at = 0; at < good.length; at++) {
      for (const fault of ["damaged", "cut"]) {
        rmSync(folder, { recursive: true, force: true });
        await save("a", "previous");
        await save("a", "newest");
        const bad = fault === "cut" ? good.subarray(0, at) : Uint8Array.from(good);
        if (fault === "damaged") bad[at] ^= 0xff;
        writeFileSync(pathOf(".record"), bad);
        const loaded = store.load("node1", "a");
        assert.equal(textOf(loaded), "previous", `${fault} at ${at}`);
        assert.deepEqual(
          loaded.setAside.map(({ code }) => code),
          ["damaged"],
        );
        assert.deepEqual(readFileSync(loaded.setAside[0].keptAs), Buffer.from(bad));
        await save("a", "after");
        assert.equal(textOf(store.load("node1", "a")), "after");
      }
    }
  });

  it("survives any damage to both records", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), async (one, two) => {
        rmSync(folder, { recursive: true, force: true });
        await save("a", "previous");
        await save("a", "newest");
        writeFileSync(pathOf(".record"), one);
        writeFileSync(pathOf(".record.prev"), two);
        const loaded = store.load("node1", "a");
        assert.equal(loaded.record, undefined);
        assert.equal(loaded.setAside.length, 2);
        for (const { code, text } of loaded.setAside) assert.ok(["damaged", "foreign"].includes(code) && text !== "");
        assert.equal(files().length, 2, "both are kept");
        assert.deepEqual(store.load("node1", "a"), { setAside: [] }, "told once");
      }),
      { numRuns: 50 },
    );
  });

  it("does not take another asset's record for its own", async () => {
    await save("a", "of a");
    await save("b", "of b");
    writeFileSync(pathOf(".record"), record("c", "of c"));
    const loaded = ["a", "b"].map((name) => store.load("node1", name)).find(({ setAside }) => setAside.length > 0);
    assert.equal(loaded?.record, undefined);
    assert.equal(loaded?.setAside[0].code, "foreign");
    assert.match(loaded?.setAside[0].text ?? "", /"c"/);
  });

  it("uses a record that was complete when the power failed before it became the newest", async () => {
    await save("a", "newest");
    writeFileSync(`${pathOf(".record")}.new`, record("a", "arriving"));
    assert.equal(textOf(store.load("node1", "a")), "arriving");
    await save("a", "after");
    assert.equal(textOf(store.load("node1", "a")), "after");
    assert.equal(files().length, 2);
  });

  it("removes temporary files of a killed process once nobody can be writing them", async () => {
    await save("a", "newest");
    const old = `${pathOf(".record")}.new.123456`;
    const fresh = `${pathOf(".record")}.new.654321`;
    for (const path of [old, fresh]) writeFileSync(path, "half");
    utimesSync(old, Date.now() / 1000 - 3600, Date.now() / 1000 - 3600);
    assert.equal(textOf(new FileStore(folder).load("node1", "a")), "newest");
    assert.deepEqual(files().filter((file) => /\d$/.test(file)).length, 1, "only the fresh one is left");
  });

  it("sets a good record aside and then knows nothing of it", async () => {
    await save("a", "previous");
    await save("a", "newest");
    store.setAside("node1", "a", "removed");
    assert.deepEqual(store.load("node1", "a"), { setAside: [] });
    assert.deepEqual(store.assets("node1"), []);
    assert.equal(files().length, 1);
    assert.deepEqual(
      readFileSync(join(folder, readdirSync(folder)[0], files()[0])),
      Buffer.from(record("a", "newest")),
    );
    store.setAside("node1", "a", "removed");
    assert.equal(files().length, 1);
  });

  it("keeps at most ten of an asset's records aside, the newest, and leaves other assets alone", async () => {
    await save("b", "of b");
    store.setAside("node1", "b", "removed");
    for (let i = 0; i < 25; i++)
      await store.keepBeside("node1", "a", i % 2 ? "unread" : "removed", record("a", `${i}`));
    await save("a", "newest");
    assert.equal(textOf(store.load("node1", "a")), "newest");
    const aside = files().filter((file) => file.startsWith("a-") && !file.endsWith(".record"));
    const folderOfPart = join(folder, readdirSync(folder)[0]);
    const kept = aside.map((file) => readFileSync(join(folderOfPart, file)));
    assert.deepEqual(
      new Set(kept.map((bytes) => bytes.toString("latin1"))),
      new Set(Array.from({ length: 10 }, (_, i) => Buffer.from(record("a", `${15 + i}`)).toString("latin1"))),
    );
    assert.equal(files().filter((file) => file.startsWith("b-")).length, 1);
  });

  it("says why it cannot save, and saves once it can", async () => {
    const blocked = join(folder, "blocked");
    writeFileSync(blocked, "a file where the folder should be");
    const store = new FileStore(join(blocked, "records"));
    await assert.rejects(store.save("node1", "a", record("a", "x")), /ENOTDIR|EEXIST/);
    assert.deepEqual(store.load("node1", "a"), { setAside: [] });
    rmSync(blocked);
    await store.save("node1", "a", record("a", "x"));
    assert.equal(textOf(store.load("node1", "a")), "x");
  });

  it("throws where a record is there but cannot be read", async () => {
    await save("a", "newest");
    const path = pathOf(".record");
    rmSync(path);
    mkdirSync(path);
    assert.throws(() => store.load("node1", "a"), /EISDIR/);
  });

  it("leaves both records as they were when the disk is full in the middle of a write", async () => {
    await save("a", "previous");
    await save("a", "newest");
    // A limit on the size of files makes the kernel take a part and refuse the rest, as a full disk does.
    const module = JSON.stringify(join(__dirname, "../../src/memory/file-store"));
    const program = `
      process.on("SIGXFSZ", () => {}); // sent with the refusal; it would end the process
      const { FileStore } = require(${module});
      new FileStore(${JSON.stringify(folder)}).save("node1", "a", new Uint8Array(1_000_000)).then(
        () => console.log("saved"), (error) => console.log(error.code));`;
    for (let attempt = 0; attempt < 3; attempt++) {
      const said = execFileSync("sh", ["-c", 'ulimit -f 8; exec "$0" -e "$1"', process.execPath, program]);
      assert.match(said.toString(), /ENOSPC|EFBIG/);
      assert.equal(textOf(store.load("node1", "a")), "newest");
      assert.equal(files().length, 2);
    }
  });
});
