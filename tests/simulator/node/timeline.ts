import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PodStatus } from "../../../simulator/api/schema/generated/types.ts";
import type { Change } from "../../../simulator/api/store.ts";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { referenceFolder } from "../../reference.ts";
import type { Cluster } from "./cluster.ts";

interface RecordedChange {
  readonly t: number;
  readonly verb: string;
  readonly kind: string;
  readonly name: string;
  readonly object?: JsonObject;
  readonly diff?: { readonly [path: string]: readonly [unknown, unknown] };
}

interface RecordedEvent {
  readonly t: number;
  readonly reason: string;
  readonly message: string;
  readonly source: string;
  readonly involvedObject: { readonly name: string; readonly fieldPath?: string };
}

export interface Timeline {
  readonly actions: readonly { readonly t: number; readonly what: string; readonly object?: JsonObject }[];
  readonly changes: readonly RecordedChange[];
  readonly events: readonly RecordedEvent[];
}

/** A recording of a real cluster, or undefined where the recordings are not at hand. */
export function timeline(name: string): Timeline | undefined {
  const folder = referenceFolder();
  const path = folder && join(folder, "timelines", `${name}.json`);
  return path && existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Timeline) : undefined;
}

type Plain = { [key: string]: unknown };

const KEYS = ["type", "name"];

/** The item of a list that a key names, or the list's place for a new one. */
function place(list: Plain[], key: string): number {
  const found = list.findIndex((item) => KEYS.some((field) => item[field] === key));
  return found >= 0 ? found : /^\d+$/.test(key) ? Number(key) : list.length;
}

/** Writes one entry of a recorded diff, such as `status.conditions[Ready].status`. Only for paths of the status. */
function patch(root: Plain, path: string, value: unknown): void {
  const steps = path.split(/\.(?![^[]*\])/).flatMap((part) => {
    const [field = "", ...keys] = part.split(/[[\]]+/).filter((each) => each !== "");
    return [field, ...keys.map((key) => ({ key }))];
  });
  let at: unknown = root;
  steps.forEach((step, index) => {
    const isLast = index === steps.length - 1;
    const isNextKey = typeof steps[index + 1] === "object";
    if (typeof step === "string") {
      const parent = at as Plain;
      if (isLast) {
        if (value === null) delete parent[step];
        else parent[step] = structuredClone(value);
      } else parent[step] ??= isNextKey ? [] : {};
      at = parent[step];
    } else {
      const list = at as Plain[];
      const index_ = place(list, step.key);
      if (isLast && value === null) list.splice(index_, 1);
      else if (isLast) list[index_] = structuredClone(value) as Plain;
      else list[index_] ??= {};
      at = list[index_];
    }
  });
}

const withoutIds = (text: string | undefined): string | undefined =>
  text?.replaceAll("docker.io/library/", "").replace(/\([0-9a-f-]{36}\)|\(<uid\d>\)/, "(UID)");

/** What of a container's state is the same in every run: not its times and ids. */
function containerFacts(status: NonNullable<PodStatus["containerStatuses"]>[number]) {
  const stateFacts = (state: (typeof status)["state"]) => ({
    ...(state?.running && { running: true }),
    ...(state?.waiting && { waiting: [state.waiting.reason, withoutIds(state.waiting.message)] }),
    ...(state?.terminated && {
      terminated: [state.terminated.exitCode, state.terminated.reason, state.terminated.message],
    }),
  });
  return {
    state: stateFacts(status.state),
    last: stateFacts(status.lastState),
    ready: status.ready,
    started: status.started,
    restarts: status.restartCount,
  };
}

/** A pod's status without what differs from run to run, as text. */
export function facts(status: PodStatus): string {
  const containers = (list: PodStatus["containerStatuses"]) =>
    Object.fromEntries((list ?? []).map((each) => [each.name, containerFacts(each)]));
  return JSON.stringify({
    phase: status.phase,
    reason: status.reason,
    message: status.message,
    conditions: Object.fromEntries(
      [...(status.conditions ?? [])]
        .sort((a, b) => (a.type < b.type ? -1 : 1))
        .map(({ type, status: value, reason, message, observedGeneration }) => [
          type,
          [value, reason, message, observedGeneration],
        ]),
    ),
    init: containers(status.initContainerStatuses),
    main: containers(status.containerStatuses),
    ephemeral: containers(status.ephemeralContainerStatuses),
    hasIp: status.podIP !== undefined,
    hasStart: status.startTime !== undefined,
  });
}

/** The statuses that a pod went through in a recording. */
export function recordedStatuses(recorded: Timeline, name: string): string[] {
  const object: Plain = {};
  const texts: string[] = [];
  for (const change of recorded.changes) {
    if (change.kind !== "Pod" || change.name !== name) continue;
    if (change.object !== undefined) Object.assign(object, structuredClone(change.object));
    for (const [path, [, value]] of Object.entries(change.diff ?? {})) {
      if (path.startsWith("status.")) patch(object, path, value);
    }
    texts.push(facts(object.status as PodStatus));
  }
  return distinct(texts);
}

/** The statuses that a pod went through in a run of ours. */
export function seenStatuses(cluster: Cluster, name: string): string[] {
  const texts = cluster.seen.flatMap(({ change }) => {
    const { kind, metadata } = change.object;
    return kind === "Pod" && metadata.name === name
      ? [facts((change.object as { status?: PodStatus }).status ?? {})]
      : [];
  });
  return distinct(texts);
}

/** Drops what repeats the line before it. */
function distinct(texts: readonly string[]): string[] {
  return texts.filter((text, index) => text !== texts[index - 1]);
}

/** Those of `wanted` that do not come up in `had` in this order: empty when `had` passes through all of them. */
export function missingInOrder(wanted: readonly string[], had: readonly string[]): string[] {
  const missing: string[] = [];
  let from = 0;
  for (const text of wanted) {
    const found = had.indexOf(text, from);
    if (found < 0) missing.push(text);
    else from = found + 1;
  }
  return missing;
}

function eventFact(reason: string, message: string, fieldPath: string | undefined): string | undefined {
  // Whether an image is there already depends on what ran before.
  if (reason === "Pulling") return undefined;
  const isPulled = reason === "Pulled";
  const text = isPulled
    ? ""
    : withoutIds(message)
        ?.replace(/statuscode: \d+/, "statuscode: N")
        .replaceAll(/\d+\.\d+\.\d+\.\d+|<podip\d>/g, "IP");
  return `${reason} ${fieldPath ?? ""} ${text}`;
}

/** Events of the kubelet about a pod in a recording, each once, in order. */
export function recordedEvents(recorded: Timeline, name: string): string[] {
  const texts = recorded.events
    .filter(({ source, involvedObject }) => source === "kubelet" && involvedObject.name === name)
    .map(({ reason, message, involvedObject }) => eventFact(reason, message, involvedObject.fieldPath));
  return [...new Set(texts.filter((text) => text !== undefined))];
}

/** Events of the kubelet about a pod in a run of ours, each once, in order. */
export function seenEvents(cluster: Cluster, name: string): string[] {
  const texts = cluster
    .events(name)
    .map(({ reason = "", message = "", involvedObject }) => eventFact(reason, message, involvedObject.fieldPath));
  return [...new Set(texts.filter((text) => text !== undefined))];
}

/** When (ms) a container's restart count went up in a run of ours. */
export function restartsMs(cluster: Cluster, name: string, fromMs: number): number[] {
  const times: number[] = [];
  let count = 0;
  for (const { atMs, change } of cluster.seen) {
    const status = (change as Change).object as { status?: PodStatus } & Change["object"];
    if (status.kind !== "Pod" || status.metadata.name !== name) continue;
    const all = [...(status.status?.initContainerStatuses ?? []), ...(status.status?.containerStatuses ?? [])];
    const now = all.reduce((sum, each) => sum + each.restartCount, 0);
    if (now > count) times.push(atMs - fromMs);
    count = now;
  }
  return times;
}
