import { isObject, type JsonObject } from "../../../base/json.ts";
import { announcer } from "../../change/announce.ts";
import { type Call, type Command, complaint } from "../../cli/command.ts";
import { goList } from "../../describe/parts.ts";
import { ColumnsText } from "../../print/columns-text.ts";
import { PRINT_FLAGS } from "../../print/printer.ts";
import { reconcile } from "../auth-reconcile.ts";
import { canI } from "./can-i.ts";

/** `kubectl auth whoami`. Models kubectl pkg/cmd/auth whoami.go. */
const whoami: Command = {
  name: "whoami",
  use: "[options]",
  short: "Experimental: Check self subject attributes",
  flags: PRINT_FLAGS,
  run: runWhoami,
};

async function runWhoami(call: Call): Promise<undefined> {
  const { client, host, flags, words } = call;
  if (words.length > 0) throw complaint(`unexpected arguments: [${words.join(" ")}]`);
  const apiVersion = "authentication.k8s.io/v1";
  const body = { apiVersion, kind: "SelfSubjectReview" };
  const path = `/apis/${apiVersion}/selfsubjectreviews`;
  const review = (await client.demand({ method: "POST", path, body })).body;
  if (flags.text("output") !== "") {
    (await announcer(call)).sayTyped(review, "");
    return undefined;
  }
  const status = isObject(review.status) ? review.status : {};
  const rows = attributeRows(isObject(status.userInfo) ? status.userInfo : {});
  for (const line of new ColumnsText().lines([["ATTRIBUTE", "VALUE"], ...rows])) host.out(`${line}\n`);
  return undefined;
}

function attributeRows({ username, uid, groups, extra }: JsonObject): string[][] {
  const more = isObject(extra) ? extra : {};
  const list = (value: unknown) => goList(Array.isArray(value) ? value : []);
  return [
    ["Username", String(username ?? "")],
    ...(uid ? [["UID", String(uid)]] : []),
    ...(Array.isArray(groups) && groups.length > 0 ? [["Groups", list(groups)]] : []),
    ...Object.keys(more)
      .sort()
      .map((key) => [`Extra: ${key}`, list(more[key])]),
  ];
}

/** `kubectl auth`. */
export const auth: Command = {
  name: "auth",
  use: "[flags] [options]",
  short: "Inspect authorization",
  commands: [canI, reconcile, whoami],
};
