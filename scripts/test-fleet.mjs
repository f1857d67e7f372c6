// Runs the fleet's specs (dist/test/fleet): they start their own RabbitMQ, PostgreSQL and Redis, which are found or installed.
//   npm run test:fleet
//   FLEET_KILLS=20 FLEET_ASSETS=1000 FLEET_STOPPED=60 FLEET_AWAY=60 npm run test:fleet    the long form
//   FLEET_RECORDS=postgres npm run test:fleet    all failures with records in postgres or redis rather than in a folder
// What follows `--` goes to mocha.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { browser } from "./browser.mjs";
import { install, root, run } from "./install.mjs";
import { findPostgres } from "./postgres.mjs";
import { findRabbitMq } from "./rabbitmq.mjs";
import { findRedis } from "./redis.mjs";
import { specs } from "./specs.mjs";

install();
for (const find of [findRabbitMq, findPostgres, findRedis]) find();
run(process.execPath, [join("scripts", "build.mjs")]);
const folder = join("dist", "test", "fleet");
const files = readdirSync(join(root, folder))
  .filter((file) => file.endsWith("_spec.js"))
  .map((file) => join(folder, file))
  .sort();
// Three rows side by side: most specs wait most of their time. In the long form kills and failures take longest.
const long = ["kills_spec.js", "failures_spec.js"].map((name) => join(folder, name));
const others = files.filter((file) => !long.includes(file));
const share = (...rests) => others.filter((_, i) => rests.includes(i % 6));
const groups = [[long[0], ...share(0)], [long[1], ...share(1, 3)], share(2, 4, 5)];
await specs(groups, {
  node: process.execPath,
  cwd: root,
  env: { ...process.env, CHROMIUM_PATH: browser() },
  forMocha: process.argv.slice(2),
});
