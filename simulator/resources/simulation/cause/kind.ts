import type { Kind } from "../../../api/kind.ts";
import { CAUSES, type Cause, type CauseStep, type NamedObject } from "../../../api/refs.ts";
import { ageColumn, column, nameColumn } from "../../columns.ts";

const textOf = ({ resource, name }: NamedObject): string => `${resource.split(".")[0]}/${name}`;

function chainOf({ steps, chain }: Cause): readonly CauseStep[] {
  return chain.flatMap((revision) => steps.find((step) => step.revision === revision) ?? []);
}

/** Objects on the way from the first cause, each once. */
function pathOf(cause: Cause): string {
  const path: string[] = [];
  for (const { object } of chainOf(cause)) if (path.at(-1) !== textOf(object)) path.push(textOf(object));
  return path.join(" > ");
}

/** Why an object is what it is: who wrote it, and which writes led to that. Our own kind, read only. */
export const causeKind: Kind<Cause> = {
  ref: CAUSES,
  singular: "cause",
  shortNames: [],
  namespaced: true,
  types: {
    Cause: {
      apiVersion: "string",
      kind: "string",
      metadata: "ObjectMeta",
      object: "NamedObject",
      steps: "[CauseStep]",
      chain: "[int64]",
      truncated: "boolean",
    },
    NamedObject: { resource: "string!", namespace: "string", name: "string!" },
    CauseStep: {
      revision: "int64!",
      time: "microtime!",
      object: "NamedObject!",
      verb: "string!",
      what: "string",
      by: "string!",
      because: "string",
      causedBy: "int64",
    },
  },
  withoutVerbs: ["create", "delete", "deletecollection", "patch", "update", "watch"],
  compute: ({ causes }, namespace, name) => causes?.causes(namespace, name) ?? [],
  columns: [
    nameColumn(),
    column("Begun By", "string", "Who made the first write that led to it.", (cause) => chainOf(cause)[0]?.by ?? ""),
    column("Chain", "string", "The objects from that write to this object.", pathOf),
    { ...column<Cause>("Last By", "string", "Who wrote it last.", ({ steps }) => steps.at(-1)?.by ?? ""), priority: 1 },
    column("Last Change", "string", "What that write changed.", ({ steps }) => {
      const last = steps.at(-1);
      return last?.what ?? last?.verb ?? "";
    }),
    ageColumn(),
    {
      ...column<Cause>("Input", "string", "The request that it began with.", (cause) => {
        const first = chainOf(cause)[0];
        return first?.causedBy === undefined ? (first?.because ?? "") : "";
      }),
      priority: 1,
    },
  ],
};
