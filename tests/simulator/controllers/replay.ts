import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Incoming, type KubeObject, keyOf } from "../../../simulator/api/object.ts";
import { applyStrategicMergePatch } from "../../../simulator/api/patch/strategic-merge.ts";
import type { Event, Pod } from "../../../simulator/api/refs.ts";
import { cloneJson, type Draft, type JsonObject, type JsonValue } from "../../../simulator/base/json.ts";
import { deploymentController } from "../../../simulator/resources/apps/deployment/controller.ts";
import { replicaSetController } from "../../../simulator/resources/apps/replicaset/controller.ts";
import { endpointsController } from "../../../simulator/resources/core/endpoints/controller.ts";
import { endpointSliceController } from "../../../simulator/resources/discovery/endpointslice/controller.ts";
import { kinds } from "../../../simulator/resources/registry.ts";
import { addNodes, fakeKubelet, type PodPlan } from "./fake-kubelet.ts";
import { Cluster, must } from "./harness.ts";

// Plays the inputs of a recorded timeline, and the recorded fate of its pods, to our controllers; and writes what they
// did in the recording's words.

type Diff = { readonly [path: string]: readonly [JsonValue, JsonValue] };

interface RecordedChange {
  readonly t: number;
  readonly verb: string;
  readonly kind: string;
  readonly name: string;
  readonly object?: JsonObject;
  readonly diff?: Diff;
}

interface Recording {
  readonly setup: {
    readonly manifests: readonly KubeObject[];
    readonly nodes: readonly { readonly name: string }[];
    readonly pods?: readonly { readonly name: string; readonly node: string }[];
  };
  readonly actions: readonly {
    readonly t: number;
    readonly what: string;
    readonly object?: KubeObject;
    readonly patch?: JsonObject;
  }[];
  readonly changes: readonly RecordedChange[];
  readonly events: readonly (Event & { readonly t: number; readonly verb: string })[];
}

/** What one object went through, each change as one text. */
export type Story = { readonly [object: string]: readonly string[] };

const START_MS = 60_000;
const CONTROLLERS = [endpointsController, endpointSliceController, deploymentController, replicaSetController];

export function recording(folder: string, name: string): Recording {
  const text = readFileSync(join(folder, "timelines", `${name}.json`), "utf8");
  const { masks = {} } = JSON.parse(text) as { masks?: { [masked: string]: string } };
  // In some files the real hash stands beside its mask.
  const masked = Object.entries(masks).reduce((now, [mask, real]) => {
    const base = mask.slice(0, mask.indexOf("<"));
    return now.replaceAll(`${base}${real}-`, `${mask}-`);
  }, text);
  return JSON.parse(masked) as Recording;
}

/** What the recording tells of the objects of a kind. */
export function recordedStory({ changes }: Recording, kind: string): Story {
  const story: Record<string, string[]> = {};
  for (const change of changes) {
    if (change.kind !== kind) continue;
    const steps = story[change.name] ?? [];
    story[change.name] = steps;
    if (change.verb !== "MODIFIED") steps.push(change.verb);
    else push(steps, diffText(expandDiff(change.diff ?? {})));
  }
  return story;
}

/** Messages of the recorded events about objects of a kind, in order. */
export function recordedEvents({ events }: Recording, kind: string): readonly string[] {
  return events
    .filter((event) => event.involvedObject.kind === kind)
    .map(({ reason, message }) => `${reason} ${message}`);
}

/** A story told by the paths that match only. */
export function only(story: Story, paths: RegExp): Story {
  const told = (step: string) =>
    step
      .split(SEPARATOR)
      .filter((change) => paths.test(change))
      .join(SEPARATOR);
  const entries = Object.entries(story).map(([name, steps]) => [name, steps.map(told).filter((step) => step !== "")]);
  return Object.fromEntries(entries) as Story;
}

/** The last value of each path that a story changed; those that went are left out. */
export function ending(story: Story): { readonly [path: string]: string } {
  const last = new Map<string, string>();
  for (const [name, steps] of Object.entries(story)) {
    for (const change of steps.flatMap((step) => step.split(SEPARATOR))) {
      const at = change.indexOf("=");
      const path = `${name} ${at < 0 ? "" : change.slice(0, at)}`;
      if (change.endsWith("=null")) last.delete(path);
      else last.set(path, change.slice(at + 1));
    }
  }
  return Object.fromEntries([...last].sort());
}

const SEPARATOR = "; ";

function push(steps: string[], text: string): void {
  if (text !== "") steps.push(text);
}

/** When each recorded pod was bound and ready, in seconds; changes of one tenth are spread over it in order. */
function plansOf({ changes, setup }: Recording): Map<string, PodPlan> {
  const plans = new Map<string, PodPlan>();
  for (const { name, node } of setup.pods ?? []) plans.set(name, { node, readyAtMs: 1000 });
  for (const [at, { kind, name, diff, t }] of changes.entries()) {
    if (kind !== "Pod" || diff === undefined) continue;
    const node = diff["spec.nodeName"]?.[1] as string | undefined;
    const ready = diff["status.conditions[Ready].status"]?.[1] === "True";
    const known: PodPlan = plans.get(name) ?? { node: "", readyAtMs: undefined };
    const tenth = changes.filter((other) => other.t === t);
    const place = tenth.indexOf(changes[at] as RecordedChange) / tenth.length;
    const atMs = Math.round(START_MS + t * 1000 - 50 + 100 * place);
    const runs = diff["status.podIP"] !== undefined && !ready;
    plans.set(name, {
      node: node ?? known.node,
      runningAtMs: runs ? atMs : known.runningAtMs,
      readyAtMs: ready ? (known.readyAtMs ?? atMs) : known.readyAtMs,
    });
  }
  return plans;
}

export class Replay {
  readonly cluster = new Cluster(CONTROLLERS);
  readonly #recording: Recording;
  readonly #masks = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #namespace: string;

  constructor(recording: Recording, name: string) {
    this.#recording = recording;
    this.#namespace = `tl-${name}`;
    const plans = plansOf(recording);
    const { cluster } = this;
    for (const namespace of ["default", this.#namespace]) cluster.addNamespace(namespace);
    addNodes(
      cluster,
      recording.setup.nodes.map((node) => node.name),
      "zone-g",
    );
    const plan = (pod: Pod, nowMs: number) => {
      const found = plans.get(this.#mask(pod));
      return found?.node ? found : { node: recording.setup.nodes[0]?.name ?? "", readyAtMs: nowMs + 500 };
    };
    cluster.host.add(fakeKubelet({ plan, stopMs: 60, goneMs: 300 }));
    cluster.startControllers();
    cluster.host.startProcess("fake-kubelet");
  }

  /** Plays it all, and two seconds more. */
  run(): void {
    const { setup, actions } = this.#recording;
    this.cluster.advanceTo(0.5);
    for (const manifest of setup.manifests) this.#create(manifest);
    for (const action of actions) {
      this.cluster.advanceTo(START_MS / 1000 + action.t);
      if (action.object !== undefined) this.#create(action.object);
      else if (action.patch !== undefined) this.#patch(action.what.replace(/^patch /, ""), action.patch);
      else if (action.what.startsWith("delete ")) this.#delete(action.what.replace(/^delete /, ""));
    }
    const last = this.#recording.changes.at(-1)?.t ?? 0;
    this.cluster.advanceTo(START_MS / 1000 + last + 2);
  }

  story(kind: string): Story {
    const story: Record<string, string[]> = {};
    const before = new Map<string, Map<string, JsonValue>>();
    for (const { kind: seen, object, verb, t } of this.cluster.lines) {
      if (seen !== kind) continue;
      const name = this.#mask(object);
      const now = flatten(object as unknown as JsonObject, (text) => this.#masked(text));
      const previous = before.get(object.metadata.uid);
      before.set(object.metadata.uid, now);
      if (t * 1000 < START_MS) continue;
      const steps = story[name] ?? [];
      story[name] = steps;
      if (verb !== "MODIFIED") steps.push(verb);
      else push(steps, diffText(difference(previous ?? new Map(), now)));
    }
    return story;
  }

  events(kind: string): readonly string[] {
    return this.cluster.lines
      .filter(({ kind: seen, verb, t }) => seen === "Event" && verb !== "DELETED" && t * 1000 >= START_MS)
      .map(({ object }) => object as Event)
      .filter(({ involvedObject }) => involvedObject.kind === kind)
      .map(({ reason, message }) => `${reason} ${this.#masked(message ?? "")}`);
  }

  #create(given: KubeObject): void {
    const kind = present(kinds.all.find(({ ref }) => ref.kind === given.kind));
    const object = cloneJson({ ...given, metadata: { ...given.metadata, namespace: this.#namespace } });
    kind.defaults?.(object as Draft<KubeObject>);
    must(this.cluster.client.create(kind.ref, object as Incoming<KubeObject>));
  }

  #patch(what: string, patch: JsonObject): void {
    const { kind, key, status } = this.#find(what);
    const old = this.cluster.get(kind.ref, key);
    const patched = must(applyStrategicMergePatch(kind.type ?? "", old as unknown as JsonObject, patch));
    const object = cloneJson(patched) as unknown as Draft<KubeObject>;
    kind.defaults?.(object);
    if (status) {
      must(this.cluster.client.updateStatus(kind.ref, this.#withOpenGate(object as unknown as Pod)));
    } else must(this.cluster.client.update(kind.ref, object as KubeObject));
  }

  /** The kubelet makes a pod ready when its readiness gate opens, and unready when that closes. */
  #withOpenGate(pod: Pod): Pod {
    const open = pod.status.conditions?.find(({ type }) => type === "example.com/open")?.status ?? "False";
    const others = pod.status.conditions?.filter(({ type }) => type !== "Ready") ?? [];
    const ready = { type: "Ready", status: open, lastTransitionTime: this.cluster.now };
    return { ...pod, status: { ...pod.status, conditions: [...others, ready] } };
  }

  #delete(what: string): void {
    const { kind, key } = this.#find(what);
    must(this.cluster.client.delete(kind.ref, key));
  }

  #find(what: string) {
    const [kindName, masked = "", subresource] = what.split("/");
    const kind = present(kinds.all.find(({ ref }) => ref.kind === kindName));
    const named = [...this.cluster.store.of(kind.ref).values()].find((object) => this.#mask(object) === masked);
    const key = named ? keyOf(named) : `${this.#namespace}/${masked}`;
    return { kind, key, status: subresource === "status" };
  }

  /** The recording's name of an object: hashes and generated suffixes are numbered in order of appearance. */
  #mask(object: KubeObject): string {
    const { uid, name, generateName, labels } = object.metadata;
    const known = this.#masks.get(uid);
    if (known !== undefined) return known;
    let masked = name;
    const hash = labels?.["pod-template-hash"];
    if (generateName !== undefined)
      masked = this.#number(object.kind, this.#masked(generateName), (count) => `<${count}>`);
    else if (hash !== undefined && name.endsWith(hash)) {
      masked = this.#number(object.kind, name.slice(0, -hash.length), (count) => `<hash${count}>`);
    }
    this.#masks.set(uid, masked);
    if (masked !== name) this.#masks.set(`name ${name}`, masked);
    return masked;
  }

  #number(kind: string, prefix: string, show: (count: number) => string): string {
    const key = `${kind} ${prefix}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return prefix + show(count);
  }

  /** A text with the names in it masked. */
  #masked(text: string): string {
    for (const { object } of this.cluster.lines) if (object.kind === "ReplicaSet") this.#mask(object);
    let masked = text;
    const names = [...this.#masks].filter(([key]) => key.startsWith("name ")).map(([key, to]) => [key.slice(5), to]);
    for (const [from = "", to = ""] of names.sort(([a = ""], [b = ""]) => b.length - a.length)) {
      masked = masked.replaceAll(from, to);
    }
    return masked;
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("not there");
  return value;
}

const LEFT_OUT = /^(apiVersion|kind)$|resourceVersion|uid$|Time$|podIP|addresses\[\d+\]$|\.ip$/;

function keyOfItem(item: JsonValue, at: number): string {
  const { type, name, targetRef } = (item ?? {}) as { type?: string; name?: string; targetRef?: { name: string } };
  return type ?? targetRef?.name ?? (name || String(at));
}

function expand(
  path: string,
  value: JsonValue | undefined,
  into: Map<string, JsonValue>,
  mask: (text: string) => string,
): void {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) expand(`${path}[${mask(keyOfItem(item, at))}]`, item, into, mask);
  } else if (typeof value === "object") {
    for (const [key, item] of Object.entries(value)) expand(path === "" ? key : `${path}.${key}`, item, into, mask);
  } else if (path.endsWith("trigger-time")) into.set(path, "some time");
  else if (!LEFT_OUT.test(path)) into.set(path, typeof value === "string" ? mask(value) : value);
}

function flatten(object: JsonObject, mask: (text: string) => string): Map<string, JsonValue> {
  const into = new Map<string, JsonValue>();
  expand("", object, into, mask);
  return into;
}

type Changes = readonly (readonly [string, JsonValue])[];

function difference(before: ReadonlyMap<string, JsonValue>, after: ReadonlyMap<string, JsonValue>): Changes {
  const changes: [string, JsonValue][] = [];
  for (const [path, value] of after) if (before.get(path) !== value) changes.push([path, value]);
  for (const path of before.keys()) if (!after.has(path)) changes.push([path, null]);
  return changes;
}

function expandDiff(diff: Diff): Changes {
  const same = (text: string) => text;
  const before = new Map<string, JsonValue>();
  const after = new Map<string, JsonValue>();
  for (const [path, [from, to]] of Object.entries(diff)) {
    expand(path, from, before, same);
    expand(path, to, after, same);
  }
  return difference(before, after);
}

function diffText(changes: Changes): string {
  return changes
    .map(([path, value]) => `${path}=${JSON.stringify(value)}`)
    .sort()
    .join(SEPARATOR);
}
