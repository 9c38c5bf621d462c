import { parseQuantity } from "../../../api/meta/quantity.ts";
import { parseLabelSelector } from "../../../api/meta/selector-parser.ts";
import type { JsonObject } from "../../../base/json.ts";
import { complaint } from "../../cli/command.ts";
import { type Generator, known } from "./generator.ts";

// Models kubectl pkg/cmd/create create_namespace.go
export const namespace: Generator = {
  name: "namespace",
  aliases: ["ns"],
  use: "NAME [--dry-run=server|client|none] [options]",
  short: "Create a namespace with the specified name",
  flags: [],
  mapping: known("v1", "Namespace", "namespaces", false),
  make: (_call, name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }),
};

// Models kubectl pkg/cmd/create create_serviceaccount.go
export const serviceAccount: Generator = {
  name: "serviceaccount",
  aliases: ["sa"],
  use: "NAME [--dry-run=server|client|none] [options]",
  short: "Create a service account with the specified name",
  flags: [],
  mapping: known("v1", "ServiceAccount", "serviceaccounts"),
  failing: "failed to create serviceaccount:",
  make: (_call, name) => ({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name } }),
};

// Models kubectl pkg/cmd/create create_priorityclass.go
export const priorityClass: Generator = {
  name: "priorityclass",
  aliases: ["pc"],
  use: "NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none] [options]",
  short: "Create a priority class with the specified name",
  flags: [
    { name: "value", type: "int", default: "0", usage: "The priority of pods of the class." },
    { name: "global-default", type: "bool", default: "false", usage: "Whether it is for pods that name no class." },
    { name: "description", type: "string", default: "", usage: "What the class is for." },
    {
      name: "preemption-policy",
      type: "string",
      default: "PreemptLowerPriority",
      usage: "Whether its pods may push others out: PreemptLowerPriority or Never.",
    },
  ],
  mapping: known("scheduling.k8s.io/v1", "PriorityClass", "priorityclasses", false),
  failing: "failed to create priorityclass:",
  make: ({ flags }, name) => ({
    apiVersion: "scheduling.k8s.io/v1",
    kind: "PriorityClass",
    metadata: { name },
    value: flags.number("value"),
    globalDefault: flags.on("global-default"),
    description: flags.text("description"),
    preemptionPolicy: flags.text("preemption-policy"),
  }),
};

const COUNT_OR_SHARE = /^[0-9]+%?$/;

/** A number or a share such as `50%`, as the API takes it. */
function intOrShare(text: string): number | string {
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

const OPERATORS: { readonly [operator: string]: string } = {
  in: "In",
  notin: "NotIn",
  "!=": "NotIn",
  exists: "Exists",
  "!": "DoesNotExist",
};

/** `app=x,tier in (a,b)` as a selector of objects. Models apimachinery meta/v1 ParseToLabelSelector. */
export function labelSelector(text: string): JsonObject {
  const parsed = parseLabelSelector(text);
  if (!parsed.ok) throw complaint(`couldn't parse the selector string ${JSON.stringify(text)}: ${parsed.error}`);
  const matchLabels: { [key: string]: string } = {};
  const matchExpressions: JsonObject[] = [];
  for (const { key, operator, values } of parsed.value.requirements) {
    if (operator === "=" || operator === "==") matchLabels[key] = values[0] ?? "";
    else
      matchExpressions.push({ key, operator: OPERATORS[operator] ?? operator, ...(values.length > 0 && { values }) });
  }
  return {
    ...(Object.keys(matchLabels).length > 0 && { matchLabels }),
    ...(matchExpressions.length > 0 && { matchExpressions }),
  };
}

// Models kubectl pkg/cmd/create create_pdb.go
export const podDisruptionBudget: Generator = {
  name: "poddisruptionbudget",
  aliases: ["pdb"],
  use: "NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none] [options]",
  short: "Create a pod disruption budget with the specified name",
  flags: [
    { name: "min-available", type: "string", default: "", usage: "How many pods must stay, or their share." },
    { name: "max-unavailable", type: "string", default: "", usage: "How many pods may go, or their share." },
    { name: "selector", type: "string", default: "", usage: "Labels of the pods." },
  ],
  mapping: known("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets"),
  failing: "failed to create poddisruptionbudgets:",
  make({ flags }, name) {
    const [selector, least, most] = ["selector", "min-available", "max-unavailable"].map((flag) => flags.text(flag));
    if (!selector) throw complaint("a selector must be specified");
    if (!least && !most) throw complaint("one of min-available or max-unavailable must be specified");
    if (least && !COUNT_OR_SHARE.test(least)) throw complaint("invalid format specified for min-available");
    if (most && !COUNT_OR_SHARE.test(most)) throw complaint("invalid format specified for max-unavailable");
    if (least && most) throw complaint("min-available and max-unavailable cannot be both specified");
    return {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name },
      spec: {
        ...(least && { minAvailable: intOrShare(least) }),
        ...(most && { maxUnavailable: intOrShare(most) }),
        selector: labelSelector(selector),
      },
    };
  },
};

// Models kubectl pkg/cmd/create create_quota.go
export const quota: Generator = {
  name: "quota",
  aliases: ["resourcequota"],
  use: "NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none] [options]",
  short: "Create a quota with the specified name",
  flags: [
    { name: "hard", type: "string", default: "", usage: "Limits: resource=quantity, joined by commas." },
    { name: "scopes", type: "string", default: "", usage: "What it counts, joined by commas." },
  ],
  mapping: known("v1", "ResourceQuota", "resourcequotas"),
  failing: "failed to create quota:",
  make({ flags }, name) {
    const hard = flags.text("hard") === "" ? [] : flags.text("hard").split(",");
    const limits = hard.map((text): [string, string] => {
      const parts = text.split("=");
      if (parts.length !== 2) throw complaint(`Invalid argument syntax ${text}, expected <resource>=<value>`);
      const amount = parseQuantity(parts[1] ?? "");
      if (!amount.ok) throw complaint(amount.error);
      return [parts[0] ?? "", parts[1] ?? ""];
    });
    const scopes = flags.text("scopes") === "" ? [] : flags.text("scopes").split(",");
    if (scopes.includes("")) throw complaint(`invalid resource quota scope ""`);
    return {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name },
      spec: {
        ...(limits.length > 0 && { hard: Object.fromEntries(limits) }),
        ...(scopes.length > 0 && { scopes }),
      },
    };
  },
};
