import { parseTime } from "../../../api/meta/time.ts";
import type { Pod } from "../../../api/schema/generated/types.ts";
import { isObject, type JsonObject } from "../../../base/json.ts";
import { textOfBytes } from "../../../node/files/bytes.ts";
import { ApiError } from "../../cli/client.ts";
import { type Call, type Command, CommandError, complaint, usageComplaint } from "../../cli/command.ts";
import {
  byLogging,
  containerNames,
  containerOf,
  defaultedText,
  notOfPod,
  podOrOwner,
  podsOf,
  preferredContainer,
} from "../../cli/pods.ts";
import { SELECTOR } from "../../cli/select-flags.ts";
import { moment } from "../../cli/watching.ts";
import { listAll } from "../../describe/describer.ts";
import { urlPart } from "../../mapping.ts";
import { failureOf } from "../../transport.ts";

const USAGE = "logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]";
const MISUSED = `expected '${USAGE}'.\nPOD or TYPE/NAME is a required argument for the logs command`;
const SELECTED_TAIL = "10";
const RETRY_MS = 1000;

/** `kubectl logs`. Models kubectl pkg/cmd/logs. */
export const logs: Command = {
  name: "logs",
  lookUps: 4,
  use: `${USAGE.slice(5)} [options]`,
  short: "Print the logs for a container in a pod",
  flags: [
    { name: "all-containers", type: "bool", default: "false", usage: "The logs of all containers." },
    { name: "all-pods", type: "bool", default: "false", usage: "The logs of all pods, with prefixes." },
    { name: "container", short: "c", type: "string", default: "", usage: "The container whose log it is." },
    { name: "follow", short: "f", type: "bool", default: "false", usage: "Go on with what comes." },
    { name: "ignore-errors", type: "bool", default: "false", usage: "Go on with the other containers after an error." },
    {
      name: "insecure-skip-tls-verify-backend",
      type: "bool",
      default: "false",
      usage: "Taken for the sake of scripts.",
    },
    { name: "limit-bytes", type: "int", default: "0", usage: "At most so many bytes." },
    { name: "max-log-requests", type: "int", default: "5", usage: "How many logs may be followed at once." },
    { name: "pod-running-timeout", type: "duration", default: "20s", usage: "How long to wait for a pod." },
    { name: "prefix", type: "bool", default: "false", usage: "Each line with the pod and container it is of." },
    { name: "previous", short: "p", type: "bool", default: "false", usage: "Of the container that ran before." },
    SELECTOR,
    { name: "since", type: "duration", default: "0s", usage: "Only what is newer than so long." },
    { name: "since-time", type: "string", default: "", usage: "Only what is newer than this time (RFC 3339)." },
    { name: "tail", type: "int", default: "-1", usage: "Only so many lines at the end; 10 with a selector." },
    { name: "timestamps", type: "bool", default: "false", usage: "Each line with its time." },
  ],
  run: runLogs,
};

/** One log to be read. */
interface Source {
  readonly pod: string;
  readonly namespace: string;
  readonly container: string;
}

async function runLogs(call: Call): Promise<number | undefined> {
  const { flags, words } = call;
  const inline = words.length === 2 ? (words[1] ?? "") : "";
  checkWords(call);
  const container = inline || flags.text("container");
  const query = queryOf(call);
  const object = await targetOf(call);
  checkFlags(call, container, inline !== "");
  const sources = await sourcesOf(call, object, container, flags.on("all-pods"));
  const follows = flags.on("follow");
  const most = flags.number("max-log-requests");
  if (follows && sources.length > 1 && sources.length > most) {
    throw complaint(
      `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${most}, use --max-log-requests to increase the limit`,
    );
  }
  if (!follows) {
    for (const source of sources) await printed(call, source, query);
    return undefined;
  }
  await Promise.all(sources.map((source) => followed(call, source, query)));
  return call.host.interrupt.raised ? 1 : undefined;
}

function checkWords(call: Call): void {
  const { flags, words } = call;
  const selector = flags.text("selector");
  if (words.length === 0 && selector === "") throw usageComplaint(call, MISUSED);
  if (words.length === 1 && selector !== "")
    throw usageComplaint(call, "only a selector (-l) or a POD name is allowed");
  if (words.length > 2) throw usageComplaint(call, MISUSED);
}

function checkFlags({ flags }: Call, container: string, isInline: boolean): void {
  if (flags.text("since-time") !== "" && flags.durationMs("since") !== 0) {
    throw complaint("at most one of `sinceTime` or `sinceSeconds` may be specified");
  }
  if (flags.on("all-containers") && container !== "") {
    throw complaint(`--all-containers=true should not be specified with container name ${container}`);
  }
  if (flags.changed("container") && isInline) throw complaint("only one of -c or an inline [CONTAINER] arg is allowed");
  if (flags.number("limit-bytes") < 0) throw complaint("--limit-bytes must be greater than 0");
  if (flags.durationMs("since") < 0) throw complaint("--since must be greater than 0");
  if (flags.number("tail") < -1) throw complaint("--tail must be greater than or equal to -1");
}

/** What every request of a log carries, but for the container. */
function queryOf({ flags }: Call): readonly string[] {
  const sinceTime = flags.text("since-time");
  const parsed = sinceTime === "" ? undefined : parseTime(sinceTime);
  if (parsed !== undefined && !parsed.ok) throw complaint(parsed.error);
  const sinceSeconds = Math.round(flags.durationMs("since") / 1000);
  const isSelected = flags.text("selector") !== "" && !flags.changed("tail");
  const tail = isSelected ? SELECTED_TAIL : flags.text("tail");
  return [
    ...(flags.on("follow") ? ["follow=true"] : []),
    ...(flags.number("limit-bytes") === 0 ? [] : [`limitBytes=${flags.number("limit-bytes")}`]),
    ...(flags.on("previous") ? ["previous=true"] : []),
    ...(sinceSeconds === 0 ? [] : [`sinceSeconds=${sinceSeconds}`]),
    ...(sinceTime === "" ? [] : [`sinceTime=${urlPart(sinceTime)}`]),
    ...(Number(tail) === -1 ? [] : [`tailLines=${Number(tail)}`]),
    ...(flags.on("timestamps") ? ["timestamps=true"] : []),
  ];
}

/** The object that the logs are of; a list of pods for a selector. */
async function targetOf(call: Call): Promise<JsonObject> {
  const { flags, client, host, words } = call;
  const labelSelector = flags.text("selector");
  if (labelSelector !== "") {
    const path = `/api/v1/namespaces/${urlPart(client.namespace)}/pods`;
    const items = await listAll({ client, chunkSize: 0 }, path, { labelSelector });
    if (items.length === 0) host.err(`No resources found in ${client.namespace} namespace.\n`);
    return { kind: "PodList", items: items.map((item) => ({ kind: "Pod", ...item })) };
  }
  try {
    return await podOrOwner(call, words.slice(0, 1));
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== "NotFound") throw error;
    const { message } = failureOf(error.response) ?? { message: "" };
    throw complaint(`error from server (NotFound): ${message} in namespace ${JSON.stringify(client.namespace)}`);
  }
}

// Models kubectl pkg/polymorphichelpers logsForObjectWithClient
async function sourcesOf(
  call: Call,
  object: JsonObject,
  container: string,
  allPods: boolean,
): Promise<readonly Source[]> {
  if (object.kind === "PodList") {
    const pods = Array.isArray(object.items) ? object.items.filter(isObject) : [];
    return pods.flatMap((pod) => podSources(call, pod as Pod, container, allPods));
  }
  if (object.kind === "Pod") return podSources(call, object as Pod, container, allPods);
  const pods = await podsOf(call, object, "get the logs from", byLogging);
  if (allPods) return pods.flatMap((pod) => podSources(call, pod, container, true));
  const [first] = pods;
  if (first === undefined) return [];
  if (pods.length > 1) call.host.err(`Found ${pods.length} pods, using pod/${first.metadata?.name}\n`);
  return podSources(call, first, container, false);
}

function podSources(call: Call, pod: Pod, wanted: string, quiet: boolean): Source[] {
  const { name = "", namespace = "" } = pod.metadata ?? {};
  const { initContainers = [], containers = [], ephemeralContainers = [] } = pod.spec ?? {};
  if (call.flags.on("all-containers")) {
    const all = [...initContainers, ...containers, ...ephemeralContainers];
    return all.map((each) => ({ pod: name, namespace, container: each.name }));
  }
  const container = wanted || containerByDefault(call, pod, quiet);
  if (containerOf(pod, container) === undefined) throw notOfPod(pod, container);
  return [{ pod: name, namespace, container }];
}

function containerByDefault({ host }: Call, pod: Pod, quiet: boolean): string {
  const preferred = preferredContainer(pod);
  if (preferred !== "" && containerOf(pod, preferred) !== undefined) return preferred;
  if (preferred !== "") {
    host.err(`Default container name ${JSON.stringify(preferred)} not found in pod ${pod.metadata?.name}\n`);
  }
  const text = defaultedText(pod);
  if (!quiet && text !== undefined) host.err(text);
  return pod.spec?.containers?.[0]?.name ?? containerNames(pod);
}

function pathOfSource({ namespace, pod, container }: Source, query: readonly string[]): string {
  const parts = [`container=${urlPart(container)}`, ...query];
  return `/api/v1/namespaces/${urlPart(namespace)}/pods/${urlPart(pod)}/log?${parts.join("&")}`;
}

/** Prints text of a log, each line with where it is from when that is wanted. */
function write({ flags, host }: Call, { pod, container }: Source, text: string): void {
  if (text === "") return;
  if (!flags.on("prefix") && !flags.on("all-pods")) {
    host.out(text);
    return;
  }
  const lines = text.split(/(?<=\n)/);
  host.out(lines.map((line) => `[pod/${pod}/${container}] ${line}`).join(""));
}

async function printed(call: Call, source: Source, query: readonly string[]): Promise<void> {
  const response = await call.client.ask({ method: "GET", path: pathOfSource(source, query) });
  if (failureOf(response) === undefined) {
    const text = response.text ?? "";
    write(call, source, response.bytes === true ? textOfBytes(text) : text);
    return;
  }
  const problem = new ApiError(response);
  if (!call.flags.on("ignore-errors")) throw problem;
  call.host.out(`error: ${failureOf(response)?.message ?? ""}\n`);
}

/** Follows a log to its end; one that can't be read yet is tried again for a while. */
async function followed(call: Call, source: Source, query: readonly string[]): Promise<void> {
  const { host, flags } = call;
  const deadlineMs = host.nowEpochMs() + flags.durationMs("pod-running-timeout");
  for (;;) {
    try {
      return await followOnce(call, source, query);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const message = failureOf(error.response)?.message ?? "";
      if (flags.on("ignore-errors")) return host.out(`error: ${message}\n`);
      host.err(`${message}\n`);
    }
    const nextMs = host.nowEpochMs() + RETRY_MS;
    while (host.nowEpochMs() < nextMs && !host.interrupt.raised) await moment(call);
    if (host.interrupt.raised) return;
    if (host.nowEpochMs() >= deadlineMs) throw new CommandError("error: context deadline exceeded");
  }
}

async function followOnce(call: Call, source: Source, query: readonly string[]): Promise<void> {
  const { host, client } = call;
  let rest = "";
  const stream = await client.open({ method: "GET", path: pathOfSource(source, query) }, ({ bytes }) => {
    const lines = (rest + bytes).split("\n");
    rest = lines.pop() ?? "";
    write(call, source, textOfBytes(lines.map((line) => `${line}\n`).join("")));
  });
  let hasEnded = false;
  const ended = stream.ended.then(() => {
    hasEnded = true;
  });
  while (!hasEnded && !host.interrupt.raised) await moment(call, ended);
  stream.close();
  write(call, source, textOfBytes(rest));
}
