// Runs the fleet's specs (dist/test/fleet): each starts a RabbitMQ of its own, which is found or installed.
//   npm run test:fleet
//   FLEET_KILLS=20 FLEET_ASSETS=1000 FLEET_STOPPED=60 npm run test:fleet    the long form
// What follows `--` goes to mocha.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { install, root, run } from "./install.mjs";
import { findRabbitMq } from "./rabbitmq.mjs";
import { specs } from "./specs.mjs";

install();
findRabbitMq();
run(process.execPath, [join("scripts", "build.mjs")]);
const folder = join("dist", "test", "fleet");
const files = readdirSync(join(root, folder))
  .filter((file) => file.endsWith("_spec.js"))
  .map((file) => join(folder, file))
  .sort();
// The failures wait most of their time: the others run beside them.
const isLong = (file) => file.endsWith("failures_spec.js");
const groups = [files.filter(isLong), files.filter((file) => !isLong(file))];
await specs(groups, { node: process.execPath, cwd: root, env: process.env, forMocha: process.argv.slice(2) });
