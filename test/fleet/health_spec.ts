/** What people see of a fleet on the page of forecast health: who has which machine, what waits, when it was saved. */
import assert from "node:assert/strict";
import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { partitionOf } from "../../fleet/src/partition-of";
import { Editor } from "../editor/editor";
import { folderRecords, Instance, ownBroker, reading, Stream, until } from "./fleet";

const ASSETS = 30;

interface Partition {
  number: number;
  instance: string;
  ready: number | null;
  inWork: number | null;
  saved: number | null;
}
interface Fleet {
  instance: string;
  partition: Partition;
  partitions: Partition[];
}

describe("forecast health of a fleet", function () {
  this.timeout(180_000);
  const at = ownBroker();
  const records = folderRecords(join(at.folder, "shared"));
  let stream: Stream;
  let instances: Instance[];

  before(async () => {
    mkdirSync(records.folder);
    stream = new Stream(ASSETS, at.broker.amqp);
    at.atEnd(() => stream.close());
    await stream.connected();
    const setting = { records, address: at.broker.amqp, prefetch: 10 };
    // The clock of one is an hour off.
    const ahead = { a: undefined, b: 3_600_000 };
    instances = (["a", "b"] as const).map((name) => new Instance(name, at.folder, { ...setting, ahead: ahead[name] }));
    at.atEnd(() => Promise.all(instances.map((one) => one.stop("SIGKILL"))));
    await Promise.all(instances.map((one) => one.start()));
    stream.begin(60);
  });

  const list = async (one: Instance, search = ""): Promise<{ fleet: Fleet; assets: string[] }> => {
    const answer = await fetch(`${one.process.url}/forecast-health/list?${new URLSearchParams({ search })}`);
    const { models, assets } = await answer.json();
    return { fleet: models[0].fleet, assets: assets.map(({ asset }: { asset: string }) => asset) };
  };

  it("each instance lists its own machines, and both say the same of who has which partition", async () => {
    const all = Array.from({ length: ASSETS }, (_, asset) => reading(asset, 0).topic);
    await until(async () => {
      const [a, b] = await Promise.all(instances.map((one) => list(one)));
      assert.deepEqual([a.fleet.instance, b.fleet.instance], ["a", "b"]);
      for (const { number, instance } of a.fleet.partitions)
        assert.equal(b.fleet.partitions[number].instance, instance);
      assert.deepEqual([...a.assets, ...b.assets].sort(), all.sort());
      for (const [name, { assets }] of Object.entries({ a, b })) {
        assert.ok(assets.length > 0, name);
        for (const asset of assets) assert.equal(a.fleet.partitions[partitionOf(asset, 16)].instance, name);
      }
      const [other] = b.assets;
      const found = await list(instances[0], other);
      assert.deepEqual(found.assets, []);
      assert.equal(found.fleet.partition.instance, "b", "where a machine is that is looked for at the wrong one");
    }, 60_000);
  });

  it("the view of a machine says what of its partition is in work, and when it was saved last", async () => {
    const [asset] = (await list(instances[0])).assets;
    const query = new URLSearchParams({ model: "model", asset });
    await until(async () => {
      const answer = await fetch(`${instances[0].process.url}/forecast-health/asset?${query}`);
      const { fleet, now } = (await answer.json()) as { fleet: Fleet; now: number };
      assert.equal(fleet.partition.number, partitionOf(asset, 16));
      assert.equal(fleet.partition.instance, "a");
      assert.ok(fleet.partition.saved !== null && now - fleet.partition.saved < 15_000, `${fleet.partition.saved}`);
      assert.ok(fleet.partition.inWork !== null && fleet.partition.inWork > 0);
      assert.equal(fleet.partition.ready, 0);
      const others = fleet.partitions.filter(({ instance, saved }) => instance === "b" && saved !== null);
      assert.ok(others.length > 0);
      for (const { saved } of others)
        assert.ok(Math.abs(now - (saved as number)) < 60_000, `${now - (saved as number)}`);
    });
  });

  it("what waits in the broker is counted", async () => {
    const most = async (): Promise<number> => {
      const { fleet } = await list(instances[0]);
      return Math.max(...fleet.partitions.map(({ ready }) => ready ?? 0));
    };
    renameSync(records.folder, `${records.folder}.away`);
    await until(async () => assert.ok((await most()) > 10));
    renameSync(`${records.folder}.away`, records.folder);
    await until(async () => assert.equal(await most(), 0), 60_000);
  });

  for (const [language, tab, words] of [
    [
      "en-US",
      "Forecast health",
      {
        title: "Fleet",
        owner: /^At instance a, partition (\d+)$/,
        lag: /^Readings of the partition: \d+ wait in the broker, \d+ are in work$/,
        saved: /^Last record of the partition saved/,
        all: "All partitions",
        others: /This is instance a; further assets are at b\./,
        elsewhere: (asset: string, partition: number) =>
          `An asset named exactly “${asset}” is in partition ${partition}, at instance: b.`,
      },
    ],
    [
      "ja",
      "予測の健全性",
      {
        title: "フリート",
        owner: /インスタンス.*a.*パーティション|パーティション.*a/,
        lag: /\d+件.*\d+件/,
        saved: /保存/,
        all: "全パーティション",
        others: /b/,
        elsewhere: (asset: string) => asset,
      },
    ],
  ] as const)
    it(`the page and the sidebar show in a browser who has which machine, what waits and when it was saved (${language})`, async () => {
      const [mine, other] = (await Promise.all(instances.map((one) => list(one)))).map(({ assets }) => assets[0]);
      const editor = await Editor.open(instances[0].process.url, language);
      try {
        const { page } = editor;
        const button = page.locator('button[data-tab-id="forecast-health"]:visible');
        if ((await button.count()) > 0) await button.click();
        else {
          await page.locator(".red-ui-tab-link-button-menu").click();
          await page.locator(".red-ui-menu-dropdown:visible").getByText(tab, { exact: true }).click();
        }
        await looksRight("fleet in the sidebar");
        await page.goto(`${instances[0].process.url}/forecast-health`);
        await looksRight("fleet page");

        async function looksRight(picture: string): Promise<void> {
          const part = (name: string) => page.locator(`.forecast-health-${name}:visible`);
          await part("search").fill(mine);
          await part("row").getByText(mine, { exact: true }).click();
          await part("name").getByText(mine, { exact: true }).waitFor();
          const card = part("fleet");
          assert.equal(await card.locator("h3").innerText(), words.title);
          await card.getByText(words.saved).waitFor();
          const facts = await card.locator("li").allInnerTexts();
          assert.match(facts[0], words.owner);
          assert.match(facts[0], new RegExp(`\\b${partitionOf(mine, 16)}\\b`));
          assert.match(facts[1], words.lag);
          await card.getByText(words.all, { exact: true }).click();
          await until(async () => {
            const rows = await card.locator("tr").allInnerTexts();
            const cells = rows.slice(1).map((row) => row.split("\t"));
            assert.equal(cells.length, 16);
            const { fleet } = await list(instances[0]);
            assert.deepEqual(
              cells.map(([number, instance]) => [Number(number), instance]),
              fleet.partitions.map(({ number, instance }) => [number, instance]),
            );
            assert.deepEqual(new Set(cells.map(([, instance]) => instance)), new Set(["a", "b"]));
            for (const cell of cells) assert.match(cell[3], /^\d+$/, "in work");
            assert.ok(cells.every(([, , waiting]) => waiting === "0"));
          });
          await card.scrollIntoViewIfNeeded();
          await editor.picture(picture);
          await part("search").fill(other);
          await part("count")
            .getByText(words.elsewhere(other, partitionOf(other, 16)))
            .waitFor();
          await part("search").fill("");
          await part("count").getByText(words.others).waitFor();
        }
        assert.deepEqual(editor.complaints, []);
      } finally {
        await editor.close();
      }
    });
});
