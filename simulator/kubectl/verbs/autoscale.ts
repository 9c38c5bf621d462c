import { parseQuantity } from "../../api/meta/quantity.ts";
import type { JsonObject } from "../../base/json.ts";
import { announcer } from "../change/announce.ts";
import { failWith, forEachOf } from "../change/failures.ts";
import { DRY_RUN, dryRunOf, fieldManager, SAVE_CONFIG } from "../change/flags.ts";
import { savedConfig } from "../change/last-applied.ts";
import { withMetadata } from "../change/object.ts";
import { RECORD, recorded } from "../change/record.ts";
import { typedForm } from "../change/typed.ts";
import { create } from "../change/write.ts";
import { build, type Info } from "../cli/builder.ts";
import { ApiError } from "../cli/client.ts";
import { type Call, type Command, complaint } from "../cli/command.ts";
import { Discovery } from "../cli/discovery.ts";
import { FILE_FLAGS } from "../cli/select-flags.ts";
import type { RestMapping } from "../mapping.ts";
import { PRINT_FLAGS } from "../print/printer.ts";
import { failureOf } from "../transport.ts";

const HPA: RestMapping = {
  group: "autoscaling",
  version: "v2",
  kind: "HorizontalPodAutoscaler",
  plural: "horizontalpodautoscalers",
  namespaced: true,
};

/** `kubectl autoscale`. Models kubectl pkg/cmd/autoscale. */
export const autoscale: Command = {
  name: "autoscale",
  use: "(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY] [options]",
  short: "Auto-scale a deployment, replica set, stateful set, or replication controller",
  flags: [
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    DRY_RUN,
    SAVE_CONFIG,
    fieldManager("kubectl-autoscale"),
    { name: "cpu", type: "string", default: "", usage: "Wanted use of CPU: a share such as 70%, or a quantity." },
    {
      name: "cpu-percent",
      type: "int",
      default: "-1",
      usage: "Wanted use of CPU, as a share.",
      hidden: true,
      deprecated:
        "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).",
    },
    RECORD,
    { name: "max", type: "int", default: "-1", usage: "No more pods than this." },
    { name: "memory", type: "string", default: "", usage: "Wanted use of memory: a share, or a quantity." },
    { name: "min", type: "int", default: "-1", usage: "No fewer pods than this." },
    { name: "name", type: "string", default: "", usage: "The autoscaler's name." },
  ],
  required: ["max"],
  run: runAutoscale,
};

async function runAutoscale(call: Call): Promise<undefined> {
  const { flags, words, client } = call;
  const say = await announcer(call);
  check(call);
  const discovery = new Discovery(client);
  const { infos, problems } = await build(call, discovery, {
    words,
    filenames: flags.list("filename"),
    kustomize: flags.text("kustomize"),
    recursive: flags.on("recursive"),
    latest: true,
  });
  const failed = await forEachOf(infos, async (info) => {
    await checkScalable(call, info);
    const plain = typedForm(HPA, recorded(call, autoscalerOf(call, info)));
    const made = { ...plain, status: { currentMetrics: null, desiredReplicas: 0 } };
    const placed = client.namespaceGiven ? withMetadata(made, { namespace: info.namespace }) : made;
    const object = flags.on("save-config") ? savedConfig(placed, `${JSON.stringify(placed)}\n`) : placed;
    if (dryRunOf(flags) === "client") return say.say(object, "autoscaled");
    try {
      say.say(await create(call, HPA, info.namespace, object), "autoscaled");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // After a refusal kubectl tries the older version, and fails to read its own object.
      throw complaint(
        "failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: empty input",
      );
    }
  });
  failWith(failed, problems);
  if (infos.length === 0 && problems.length === 0) throw complaint("no objects passed to autoscale");
  return undefined;
}

function check({ flags }: Call): void {
  const [max, min] = [flags.number("max"), flags.number("min")];
  if (max < 1) throw complaint(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
  if (max < min) {
    throw complaint(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
  }
  if (flags.changed("cpu") && flags.changed("cpu-percent")) {
    throw complaint("--cpu-percent and --cpu are mutually exclusive");
  }
}

async function checkScalable({ client }: Call, { mapping }: Info): Promise<void> {
  const { group, version, kind, plural } = mapping;
  const path = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const response = await client.ask({ method: "GET", path });
  const resources = Array.isArray(response.body.resources) ? response.body.resources : [];
  const isScalable = resources.some((each) => (each as { name?: unknown } | null)?.name === `${plural}/scale`);
  if (failureOf(response) === undefined && isScalable) return;
  throw complaint(
    `cannot autoscale a ${kind}: could not find scale subresource for ${group}/${version}, Resource=${plural} in discovery information`,
  );
}

/** What a metric is to be kept at: a share of the requests, or an amount. */
function metricOf(resource: "cpu" | "memory", text: string): JsonObject {
  const share = /^(\d+)%$/.exec(text)?.[1];
  if (share !== undefined) {
    if (Number(share) < 1) throw complaint(`invalid percentage for ${resource}: ${text}`);
    const target = { type: "Utilization", averageUtilization: Number(share) };
    return { type: "Resource", resource: { name: resource, target } };
  }
  // A number alone is meant in thousandths of a core, or in Mi.
  const amount = /^\d+$/.test(text) ? `${text}${resource === "cpu" ? "m" : "Mi"}` : text;
  if (!parseQuantity(amount).ok) throw complaint(`invalid resource ${resource} value: ${text}`);
  return { type: "Resource", resource: { name: resource, target: { type: "AverageValue", averageValue: amount } } };
}

function autoscalerOf({ flags }: Call, { mapping, name }: Info): JsonObject {
  const { group, version, kind } = mapping;
  const share = flags.number("cpu-percent");
  const cpu = flags.text("cpu") || (share >= 0 ? `${share}%` : "");
  const metrics = [
    ...(cpu === "" ? [] : [metricOf("cpu", cpu)]),
    ...(flags.text("memory") === "" ? [] : [metricOf("memory", flags.text("memory"))]),
  ];
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: flags.text("name") || name },
    spec: {
      maxReplicas: flags.number("max"),
      ...(flags.number("min") > 0 && { minReplicas: flags.number("min") }),
      ...(metrics.length > 0 && { metrics }),
      scaleTargetRef: { apiVersion: group === "" ? version : `${group}/${version}`, kind, name },
    },
  };
}
