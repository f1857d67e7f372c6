import assert from "node:assert/strict";
import type { AlarmRecord, AlarmTransition } from "../../src/alarm/alarm";
import { example, type FlowNode, type NodeRed, start } from "../node-red-process";
import { button, probe, the } from "./adapt";

describe("example 07 alarm before the limit is reached", function () {
  this.timeout(90_000);
  let red: NodeRed;
  let flow: FlowNode[];
  const changes = (id: string): AlarmTransition[] =>
    red.debugged.filter((shown) => shown.id === id).map(({ msg }) => msg);
  const lists = (): AlarmRecord[][] => red.debugged.filter(({ id }) => id === "probe-present").map(({ msg }) => msg);
  const raised = (id: string): AlarmTransition[] => changes(id).filter(({ event }) => event === "activate");

  before(async () => {
    flow = example("07 alarm before the limit is reached");
    the(flow, "plant-simulator").speed = 250;
    const [warning, alarm] = ["crossing", "actual"].map((watch) =>
      flow.find((node) => node.type === "alarm-rule" && node.watch === watch),
    ) as [FlowNode, FlowNode];
    probe(flow, "probe-warning", warning, "alarm");
    probe(flow, "probe-alarm", alarm, "alarm");
    probe(flow, "probe-text", warning, "payload");
    probe(flow, "probe-present", warning, "payload", 1);
    red = await start(flow);
  });
  after(() => red?.stop());

  it("warns before each of six exceedances, as a rule eight seconds of plant time or more before", async () => {
    await red.until("six exceedances", () => raised("probe-alarm").length >= 6, 60_000);
    const leads = raised("probe-alarm").map(({ time }) => {
      // The warning that stands when the limit is reached; it has not returned in between.
      const standing = changes("probe-warning")
        .filter((warning) => warning.time <= time && (warning.event === "activate" || warning.event === "clear"))
        .at(-1);
      assert.equal(standing?.event, "activate", `no warning before the alarm of ${new Date(time).toISOString()}`);
      return (time - (standing as AlarmTransition).time) / 1000;
    });
    const median = leads.sort((a, b) => a - b)[Math.floor(leads.length / 2)] as number;
    assert.ok(median >= 8, `lead times ${leads.join(", ")} s`);
    const inVain = raised("probe-warning").length - raised("probe-alarm").length;
    assert.ok(inVain <= 2, `${inVain} warnings in vain`);
    assert.deepEqual(red.problems, []);
  });

  it("says when the limit will be reached and what to do", () => {
    const texts: string[] = red.debugged.filter(({ id }) => id === "probe-text").map(({ msg }) => msg);
    assert.match(
      texts[0] as string,
      /^boiler-1 H: ALARM, medium; forecast [\d.]+ kg\/h, limit 3000 kg\/h; limit reached in \d+ s\n/,
    );
    assert.match(texts[0] as string, /\nResponse: /);
  });

  it("takes the operator's buttons: acknowledge, shelve, unshelve, feedback", async () => {
    const last = () => changes("probe-warning").at(-1) as AlarmTransition;
    await red.until("an alarm to acknowledge", () => /nacknowledged$/.test(last().state));
    await red.inject(button(flow, '"ack"'));
    const acknowledged = await red.until("acknowledged", () =>
      changes("probe-warning").find(({ event }) => event === "acknowledge"),
    );
    assert.equal(acknowledged.who, "Sato");
    await red.inject(button(flow, '"shelve"'));
    const shelved = await red.until("shelved", () => changes("probe-warning").find(({ event }) => event === "shelve"));
    assert.equal((shelved.shelvedUntil as number) - shelved.time, 300_000);
    await red.until("the list", () => lists().at(-1)?.[0]?.state === "shelved");
    await red.inject(button(flow, '"unshelve"'));
    await red.until("unshelved", () => changes("probe-warning").some(({ event }) => event === "unshelve"));
    await red.inject(button(flow, '"feedback"'));
    assert.deepEqual(red.problems, []);
  });
});
