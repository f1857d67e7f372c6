import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";

import fs = require("node:fs");

import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import fc from "fast-check";
import { FileStore } from "../../src/memory/file-store";
import { FolderLock } from "../../src/memory/folder-lock";
import { encodeRecord } from "../../src/memory/record";
import type { Loaded } from "../../src/memory/store";
import { HOSTILE } from "./hostile-names";

const { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } = fs;
const { symlinkSync, truncateSync, utimesSync, writeFileSync } = fs;

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
  const parts = (of = folder): string[] => readdirSync(of).filter((name) => name !== ".lock");
  const files = (): string[] => readdirSync(join(folder, parts()[0])).sort();
  const pathOf = (ending: string): string => {
    const found = files().find((file) => file.endsWith(ending));
    assert.ok(found, `${ending} among ${files()}`);
    return join(folder, parts()[0], found);
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
    assert.equal(parts().length, 2);
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

  it("is left with the old record or the new one wherever a save is cut short, and goes on from it", async () => {
    const rename = fs.renameSync;
    for (const last of [0, 1]) {
      rmSync(folder, { recursive: true, force: true });
      for (const text of ["first", "second"]) await save("a", text);
      let renamed = 0;
      fs.renameSync = (from, to) => {
        if (renamed++ === last) throw new Error("EIO");
        rename(from, to);
      };
      try {
        await assert.rejects(save("a", "cut short"), /EIO/);
      } finally {
        fs.renameSync = rename;
      }
      assert.equal(textOf(store.load("node1", "a")), "second");
      await save("a", "after");
      assert.equal(textOf(store.load("node1", "a")), "after");
      assert.equal(files().length, 2);
      rmSync(pathOf(".record"));
      assert.equal(textOf(store.load("node1", "a")), "second");
    }
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
    assert.deepEqual(readFileSync(join(folder, parts()[0], files()[0])), Buffer.from(record("a", "newest")));
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
    const folderOfPart = join(folder, parts()[0]);
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

  it("sets links, pipes and folders aside instead of following or opening them", async () => {
    const elsewhere = join(folder, "..", `${basename(folder)}-elsewhere`);
    writeFileSync(elsewhere, record("a", "elsewhere"));
    const put: Record<string, (path: string) => void> = {
      link: (path) => symlinkSync(elsewhere, path),
      "dangling link": (path) => symlinkSync(`${elsewhere}-not`, path),
      pipe: (path) => execFileSync("mkfifo", [path]),
      folder: (path) => mkdirSync(path),
    };
    try {
      for (const [what, make] of Object.entries(put)) {
        for (const ending of [".record", ".record.prev", ".record.new"]) {
          rmSync(folder, { recursive: true, force: true });
          await save("a", "good");
          const path = pathOf(".record");
          if (ending === ".record") renameSync(path, `${path}.prev`);
          make(path.replace(/\.record$/, ending));
          assert.deepEqual(store.assets("node1"), ["a"], what);
          const loaded = store.load("node1", "a");
          assert.equal(textOf(loaded), "good", `${what} at ${ending}`);
          // The previous one is not even looked at where the newest is good.
          const [aside] = loaded.setAside;
          if (ending === ".record.prev") assert.equal(aside, undefined);
          else
            assert.match(`${aside.code} ${aside.text}`, /^foreign .*(is a link, which is not followed|is no file)\./);
          await save("a", "after");
          assert.equal(textOf(store.load("node1", "a")), "after");
          assert.equal(files().filter((file) => file.includes(".foreign_")).length, 1, `${what} at ${ending}`);
        }
        rmSync(folder, { recursive: true, force: true });
        await save("b", "makes the folder");
        make(join(folder, parts()[0], files()[0].replace(/^b/, "x")));
        assert.deepEqual(store.assets("node1"), ["b"]);
      }
      assert.deepEqual(readFileSync(elsewhere), Buffer.from(record("a", "elsewhere")));
    } finally {
      rmSync(elsewhere, { force: true });
    }
  });

  it("does not follow a link that stands for a part's folder", async () => {
    await save("a", "newest");
    const part = join(folder, parts()[0]);
    renameSync(part, join(folder, "elsewhere"));
    symlinkSync(join(folder, "elsewhere"), part);
    assert.throws(() => store.load("node1", "a"), /is a link, which is not followed/);
    assert.throws(() => store.assets("node1"), /is a link/);
    await assert.rejects(save("a", "after"), /is a link/);
    assert.equal(readdirSync(join(folder, "elsewhere")).length, 1);
  });

  it("does not read what is larger than any record", async () => {
    await save("a", "previous");
    await save("a", "newest");
    truncateSync(pathOf(".record"), 5e9);
    const loaded = store.load("node1", "a");
    assert.equal(textOf(loaded), "previous");
    assert.match(loaded.setAside[0].text, /5000000000 bytes/);
  });

  describe("a save that ends late", () => {
    /** Begins a save whose data the disk does not take until it is told to. */
    const begin = async (text: string): Promise<() => Promise<void>> => {
      const sync = fs.fsync;
      let go = (): void => {};
      const held = new Promise<void>((resolve) => {
        fs.fsync = ((fd: number, done: fs.NoParamCallback) => {
          fs.fsync = sync;
          go = () => sync(fd, done);
          resolve();
        }) as typeof fs.fsync;
      });
      const saved = save("a", text);
      await held;
      return () => {
        go();
        return saved;
      };
    };

    it("does not land after a newer one, whichever store of the folder that went through", async () => {
      await save("a", "first");
      const end = await begin("late");
      await new FileStore(folder).save("node1", "a", record("a", "newer"));
      await end();
      assert.equal(textOf(store.load("node1", "a")), "newer");
      assert.equal(files().length, 2);
      rmSync(pathOf(".record"));
      assert.equal(textOf(store.load("node1", "a")), "first");
    });

    it("does not bring back what was set aside meanwhile", async () => {
      await save("a", "first");
      const end = await begin("late");
      store.setAside("node1", "a", "removed");
      await end();
      assert.deepEqual(store.load("node1", "a"), { setAside: [] });
      assert.equal(files().length, 1);
    });

    it("lands where nothing came after it", async () => {
      const end = await begin("late");
      await save("b", "another asset");
      await end();
      assert.equal(textOf(store.load("node1", "a")), "late");
    });
  });

  describe("with two processes on one folder", () => {
    const path = (): string => join(folder, ".lock");
    const other = (holder: object): string => {
      mkdirSync(folder, { recursive: true });
      const text = JSON.stringify({ ...JSON.parse(readFileSync(path(), "utf8")), ...holder });
      writeFileSync(path(), text);
      return text;
    };

    it("leaves the folder to the first and says so, until that has ended", async () => {
      const module = JSON.stringify(join(__dirname, "../../src/memory/file-store"));
      const program = `
        const { FileStore } = require(${module});
        const { encodeRecord } = require(${module}.replace("file-store", "record"));
        new FileStore(${JSON.stringify(folder)})
          .save("node1", "a", encodeRecord({ kind: "test", asset: "a", payload: Buffer.from("of the first") }))
          .then(() => console.log("saved"));
        process.stdin.on("data", () => process.exit()); `;
      const first = spawn(process.execPath, ["-e", program], { stdio: ["pipe", "pipe", "inherit"] });
      await once(first.stdout, "data");
      const before = readdirSync(folder, { recursive: true }).sort();
      const inUse = { code: "inUse", message: new RegExp(`process ${first.pid} on .*Nothing is read from it`) };
      assert.throws(() => store.load("node1", "a"), inUse);
      assert.throws(() => store.assets("node1"), inUse);
      assert.throws(() => store.setAside("node1", "a", "removed"), inUse);
      await assert.rejects(save("a", "of the second"), inUse);
      await assert.rejects(store.keepBeside("node1", "a", "unread", record("a", "x")), inUse);
      assert.deepEqual(readdirSync(folder, { recursive: true }).sort(), before);
      first.stdin.write("end");
      await once(first, "exit");
      assert.equal(textOf(store.load("node1", "a")), "of the first");
      await save("a", "of the second");
      assert.equal(textOf(store.load("node1", "a")), "of the second");
    });

    it("takes the lock of a killed process over at once", async () => {
      const dead = spawn(process.execPath, ["-e", ""]);
      await once(dead, "exit");
      for (const holder of [{ pid: dead.pid }, { started: 7 }, { pid: process.ppid, boot: "the one before" }]) {
        await save("a", "first");
        other(holder);
        const lock = new FolderLock(folder);
        lock.take();
        assert.equal(JSON.parse(readFileSync(path(), "utf8")).pid, process.pid, JSON.stringify(holder));
      }
    });

    it("takes the lock of another host, or one that cannot be read, over after a silence, and not before", async () => {
      const holders = ['{"pid":1', JSON.stringify({ pid: 1, host: "elsewhere", started: 1, boot: "" })];
      for (const text of holders) {
        rmSync(path(), { force: true });
        await save("a", "first");
        writeFileSync(path(), text);
        const lock = new FolderLock(folder);
        const take = (now: number) => () => lock.take(now);
        assert.throws(take(0), { code: "inUse" });
        assert.throws(take(34_000), { code: "inUse" });
        utimesSync(path(), 1e9, 1e9);
        assert.throws(take(36_000), { code: "inUse" }, "it has been touched");
        assert.throws(take(70_000), { code: "inUse" });
        lock.take(72_000);
        assert.equal(JSON.parse(readFileSync(path(), "utf8")).pid, process.pid);
      }
    });

    it("notices that the folder was taken from it, and does not take it back from somebody who lives", async () => {
      await save("a", "first");
      const taken = other({ pid: process.ppid, started: 7 });
      const again = { code: "inUse" };
      await assert.rejects(save("a", "second"), again);
      // Were the other in a container with the same name, its number would mean nothing here.
      writeFileSync(path(), taken.replace(`"pid":${process.ppid}`, `"pid":${process.pid}`));
      await assert.rejects(save("a", "second"), again);
      rmSync(path());
      await save("a", "third");
      assert.equal(textOf(store.load("node1", "a")), "third");
    });

    it("throws one and the same error as long as it lasts", async () => {
      await save("a", "first");
      other({ pid: process.ppid });
      const errors = [0, 1].map(() => {
        try {
          store.load("node1", "a");
        } catch (error) {
          return error;
        }
        return undefined;
      });
      assert.ok(errors[0]);
      assert.equal(errors[0], errors[1]);
    });

    it("opens no pipe or link that stands for the lock", async () => {
      await save("a", "first");
      rmSync(path());
      execFileSync("mkfifo", [path()]);
      await assert.rejects(save("a", "second"), /\.lock is no file/);
    });
  });

  it("leaves both records as they were when the disk is full in the middle of a write", () => {
    // A limit on the size of files makes the kernel take a part and refuse the rest, as a full disk does.
    const modules = JSON.stringify(join(__dirname, "../../src/memory"));
    const program = `
      process.on("SIGXFSZ", () => {}); // sent with the refusal; it would end the process
      const { FileStore } = require(${modules} + "/file-store");
      const { encodeRecord } = require(${modules} + "/record");
      const store = new FileStore(${JSON.stringify(folder)});
      const record = (text) => encodeRecord({ kind: "test", asset: "a", payload: Buffer.from(text) });
      (async () => {
        for (const text of ["previous", "newest"]) await store.save("node1", "a", record(text));
        for (let attempt = 0; attempt < 3; attempt++)
          await store.save("node1", "a", new Uint8Array(1_000_000)).then(
            () => console.log("saved"), (error) => console.log(error.code));
      })();`;
    const said = execFileSync("sh", ["-c", 'ulimit -f 8; exec "$0" -e "$1"', process.execPath, program]);
    assert.match(said.toString(), /^((ENOSPC|EFBIG)\n){3}$/);
    assert.equal(textOf(store.load("node1", "a")), "newest");
    assert.equal(files().length, 2);
  });
});
