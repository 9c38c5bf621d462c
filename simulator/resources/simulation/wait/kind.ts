import type { Kind } from "../../../api/kind.ts";
import { humanDuration } from "../../../api/meta/duration.ts";
import { timeOf } from "../../../api/meta/time.ts";
import { WAITS, type Wait } from "../../../api/refs.ts";
import { ageSince, column, NONE, nameColumn } from "../../columns.ts";

/** The time left until the first of its waits is over that has a known end. */
function leftOf({ items }: Wait, nowMs: number): string {
  const ends = items.flatMap(({ until }) => timeOf(until) ?? []);
  return ends.length === 0 ? NONE : humanDuration(Math.max(0, Math.min(...ends) - nowMs));
}

/** What an object waits for, and until when, as the parts of the control plane know it. Our own kind, read only. */
export const waitKind: Kind<Wait> = {
  ref: WAITS,
  singular: "wait",
  shortNames: [],
  namespaced: true,
  types: {
    Wait: {
      apiVersion: "string",
      kind: "string",
      metadata: "ObjectMeta",
      object: "NamedObject",
      items: "[WaitItem]",
    },
    NamedObject: { resource: "string!", namespace: "string", name: "string!" },
    WaitItem: { reason: "string!", message: "string", by: "string", since: "microtime", until: "microtime" },
  },
  withoutVerbs: ["create", "delete", "deletecollection", "patch", "update", "watch"],
  compute: ({ waits }, namespace, name) => waits?.waits(namespace, name) ?? [],
  columns: [
    nameColumn(),
    column("For", "string", "What it waits for.", ({ items }) => items.map(({ reason }) => reason).join(",")),
    {
      ...column<Wait>("Left", "string", "Time until the first of these is over.", () => ""),
      cell: leftOf,
    },
    {
      ...column<Wait>("Since", "string", "For how long it has waited.", () => ""),
      cell: ({ items }, nowMs) => {
        const since = items.flatMap(({ since: text }) => text ?? []).sort()[0];
        return since === undefined ? NONE : ageSince(since, nowMs);
      },
    },
    column("By", "string", "Who knows of the first of them.", ({ items }) => items[0]?.by ?? ""),
    {
      ...column<Wait>("Message", "string", "The first of them in words.", ({ items }) => items[0]?.message ?? ""),
      priority: 1,
    },
  ],
};
