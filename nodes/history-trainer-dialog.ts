/** The admin routes of the history trainer's dialog and button: how a file is understood, the versions that were learnt. */
import type { Node, NodeAPI, NodeMessage } from "node-red";
import type { BaseModel } from "../src/asset/base-models";
import type { Say } from "../src/message/say";
import type { TableFormat } from "../src/table/table-format";
import type { DataSummary } from "../src/training/data-summary";
import { TablePreviews } from "../src/training/table-preview";
import type { TableProgress } from "../src/training/trainer";
import { tableNotes, trainingError } from "../src/training/trainer-words";
import type { TableRead } from "../src/training/training-job";
import { pathOf } from "./history-trainer-source";
import { answering, jsonOnly, type Question, Refusal, textsFor, whoAsks } from "./kit/route";

/** What the dialog asks a running node; absent where its settings are wrong. */
export interface HistoryTrainerNode extends Node {
  /** The table that was read last. */
  seen?(): TableRead | undefined;
  /** The file that an environment variable names; undefined = none does. */
  file?(): string | undefined;
  /** How far the work on a table is; undefined where there is none. */
  progress?(): TableProgress | undefined;
  /** Ends it. @throws Error where there is none */
  cancel?(who: string): void;
  versions?(give: (list: { used: number; models: BaseModel[] }) => void, fail: (error: Error) => void): void;
  use?(version: number, who: string): Promise<unknown>;
}

/** Registers the routes. */
export function serveDialog(RED: NodeAPI): void {
  const read = RED.auth.needsPermission("flows.read");
  const write = RED.auth.needsPermission("flows.write");
  const onlyJson = jsonOnly(RED);
  const nodeOf = (id: unknown): HistoryTrainerNode | undefined => {
    const node = RED.nodes.getNode(String(id)) as HistoryTrainerNode | null;
    return node?.type === "history-trainer" ? node : undefined;
  };
  const fileOf = (node: HistoryTrainerNode | undefined): string => {
    try {
      return node?.file?.() ?? "";
    } catch {
      return ""; // the variable is not set: that is said where the history is to be learnt
    }
  };
  const previews = new TablePreviews();

  /** Reads a table as a dialog describes it. @throws Refusal, or what the table's reader says */
  const look = async (body: unknown, say: Say): Promise<TableRead> => {
    const { id, file, type, zone, format } = Object(body) as Record<string, unknown>;
    const node = nodeOf(id);
    const named = typeof file === "string" ? file.slice(0, 4096).trim() : "";
    const given = named === "" && type === "env" ? fileOf(node) : named;
    const seen = given === "" ? node?.seen?.() : undefined;
    if (seen) return seen;
    if (given === "") throw new Refusal(400, say("error.noFile"));
    if (previews.areMany) throw new Refusal(429, say("error.busyPreview"));
    return previews.read(pathOf(RED, given), String(zone ?? ""), Object(format) as Partial<TableFormat>);
  };
  const sayTo = (req: Question): Say => textsFor(RED, req, "history-trainer");

  RED.httpAdmin.post("/history-trainer/preview", write, onlyJson, (req, res) => {
    const say = sayTo(req);
    look(req.body, say).then(
      ({ summary, head, names, first }) =>
        res.json({ ...summary, head, names, first, notes: tableNotes(summary, say) }),
      (error: Error) => {
        const { message } = trainingError(error, say);
        res.status(error instanceof Refusal ? error.status : 400).json({ error: message });
      },
    );
  });

  // The names that the fields of other dialogs offer; a file that cannot be read has none, and its own dialog says why.
  RED.httpAdmin.post("/history-trainer/names", write, onlyJson, (req, res) => {
    look(req.body, sayTo(req)).then(
      ({ summary: { columns } }) =>
        res.json({ names: columns.filter(({ kind }) => kind === "number").map(({ name }) => name) }),
      () => res.json({ names: [] }),
    );
  });

  // The button of the node: what a message would set off where the history is a file.
  RED.httpAdmin.post("/history-trainer/:id/read", write, onlyJson, (req, res) => {
    const node = nodeOf(req.params.id);
    if (!node) return void res.sendStatus(404);
    node.receive({} as NodeMessage);
    res.json({});
  });

  RED.httpAdmin.get("/history-trainer/:id/versions", read, (req, res) => {
    const node = nodeOf(req.params.id);
    if (!node?.versions) return void res.json({ running: false });
    const fail = (error: Error): unknown => res.status(500).json({ error: error.message });
    node.versions(({ used, models }) => {
      const versions = models.map(({ version, at, accepted, by, about }) => {
        const { text = "", data } = about as { text?: string; data?: Partial<DataSummary> };
        return {
          version,
          at,
          accepted,
          by,
          text,
          rows: data?.rows,
          source: data?.source,
          from: data?.from,
          to: data?.to,
        };
      });
      res.json({ running: true, progress: node.progress?.(), used, versions });
    }, fail);
  });

  RED.httpAdmin.post("/history-trainer/:id/cancel", write, onlyJson, (req, res) => {
    const node = nodeOf(req.params.id);
    if (!node?.cancel) return void res.sendStatus(404);
    answering(res, async () => {
      node.cancel?.(whoAsks(req));
      res.json({});
    });
  });

  RED.httpAdmin.post("/history-trainer/:id/versions", write, onlyJson, (req, res) => {
    const node = nodeOf(req.params.id);
    const version: unknown = Object(req.body).version;
    if (!node?.use || !Number.isSafeInteger(version)) return void res.sendStatus(404);
    node.use(version as number, whoAsks(req)).then(
      () => res.json({ used: version }),
      (error: Error) => res.status(409).json({ error: error.message }),
    );
  });
}
