import { type JsonObject, type KubeObject, Simulation } from "../../simulator/index.ts";
import { kinds } from "../../simulator/resources/registry.ts";
import { type History, type Seen, simulatedHistory, type Wanted } from "./history.ts";
import { Names } from "./names.ts";
import { endOf, isFake, type Manifest, type RecordedAction, type Recording } from "./recording.ts";
import { alignedStart } from "./start.ts";

const SETTLE_MS = 60_000;
/** Actions of one tenth of a second came one after the other, each when the one before was answered. */
const BETWEEN_ACTIONS_MS = 40;
/** A run goes on this long after the last recorded thing. */
const AFTERWARDS_SECONDS = 2;
/** From the power to our kubelet's first word. */
const KUBELET_START_SECONDS = 0.2;
const NOBODY = "00000000-0000-4000-8000-000000000000";
const LEASES = "kube-node-lease";
const FAULTS = "/apis/simulation.tabernetes.dev/v1alpha1/faults";
const PATCH_TYPES: { readonly [name: string]: string } = {
  strategic: "application/strategic-merge-patch+json",
  merge: "application/merge-patch+json",
};

/** An answer that was not the recorded one. */
export interface WrongAnswer {
  readonly what: string;
  readonly recorded: string;
  readonly answered: string;
}

/** Sets up what a recording sets up, does what it did, at the same times, and keeps what came of it. */
export class Player {
  readonly names = new Names();
  readonly wrong: WrongAnswer[] = [];
  readonly #recording: Recording;
  readonly #simulation: Simulation;
  readonly #seen: { readonly atMs: number; readonly type: Seen["type"]; readonly object: KubeObject }[] = [];
  readonly #seed: number;
  #startMs = 0;

  /** `seed`: what chance brings, and in which phase of the periodic loops the first action comes. */
  constructor(recording: Recording, seed: number) {
    this.#recording = recording;
    this.#seed = seed;
    const nodes = this.#nodeNames();
    const workers = Math.max(...nodes.map((name) => Number(/^node-(\d+)$/.exec(name)?.[1] ?? 1)));
    this.#simulation = Simulation.start({ seed, workers });
    this.#simulation.onCommit(({ type, object }) => {
      if (type === "ADDED") this.names.see(object);
      this.#seen.push({ atMs: this.#simulation.nowMs, type, object });
    });
  }

  /** Nodes of the case, and those that its actions name. */
  #nodeNames(): string[] {
    const { setup, actions } = this.#recording;
    const named = actions.flatMap(({ what }) => /\b(node-\d+)\b/.exec(what)?.[1] ?? []);
    return [...new Set([...(setup.allNodes ?? setup.nodes).map(({ name }) => name), ...named])];
  }

  /** Plays the whole case. */
  play(): void {
    const simulation = this.#simulation;
    this.#prepareMachines();
    simulation.advanceTo(SETTLE_MS);
    this.#setUp();
    while (simulation.nowMs < 2 * SETTLE_MS) {
      for (const { name } of this.#recording.setup.nodes) if (isFake(name)) this.#renew(name);
      simulation.advanceTo(simulation.nowMs + 5000);
    }
    this.#startMs = alignedStart(simulation, this.#recording, this.#seed - 1);
    for (const { t, act } of this.#deeds()) {
      simulation.advanceTo(Math.max(this.#startMs + t * 1000, simulation.nowMs + BETWEEN_ACTIONS_MS));
      act();
    }
    simulation.advanceTo(this.#startMs + (endOf(this.#recording) + AFTERWARDS_SECONDS) * 1000);
  }

  /** The actions on kinds that are served, and renewals of the leases of nodes that have no kubelet to do it. */
  #deeds(): readonly { readonly t: number; readonly act: () => void }[] {
    const { actions, leaseRenewals = {} } = this.#recording;
    const served = actions.filter(({ what }) => {
      const kind = /^(?:create|patch|delete) ([A-Za-z]+)\//.exec(what)?.[1];
      return kind === undefined || isPlayed(kind);
    });
    const renewed = Object.entries(leaseRenewals).filter(([node]) => isFake(node));
    const deeds = [
      ...served.map((action) => ({ t: timeOf(this.#recording, action), act: () => this.#act(action) })),
      ...renewed.flatMap(([node, times]) => times.map((t) => ({ t, act: () => this.#renew(node) }))),
    ];
    return deeds.sort((a, b) => a.t - b.t);
  }

  history(wanted: Wanted): History {
    const seen = this.#seen.map(({ atMs, ...rest }) => ({ t: (atMs - this.#startMs) / 1000, ...rest }));
    const startEpochMs = this.#simulation.options.startEpochMs + this.#startMs;
    const startSecond = Math.floor(startEpochMs / 1000);
    return simulatedHistory({ recording: this.#recording, seen, names: this.names, startSecond }, wanted);
  }

  /** Images are pulled in no time in the recordings: here they are on the machines already. */
  #prepareMachines(): void {
    const text = JSON.stringify([this.#recording.setup.manifests, this.#recording.actions]);
    const images = new Set(
      [...text.matchAll(/"image":"([^"]*)"/g)].map(([, image = ""]) => `docker.io/library/${image}`),
    );
    const known = new Set((this.#recording.setup.allNodes ?? this.#recording.setup.nodes).map(({ name }) => name));
    const { machines } = this.#simulation;
    for (const { shape, manifests } of [...machines.all]) {
      if (shape.taints.length > 0) continue;
      // Machines know nothing of pools and zones: the recorded nodes were labelled by hand.
      machines.remove(shape.name);
      machines.add(
        { ...shape, labels: {} },
        manifests.map(({ pod }) => pod),
      );
      machines.power(shape.name, true);
    }
    for (const machine of machines.all) {
      for (const image of images) if (!image.includes("does-not-exist")) machine.images.add(image);
    }
    for (const name of this.#nodeNames()) if (!known.has(name)) machines.power(name, false);
  }

  /** A node object without a kubelet, as the recordings made them. */
  #addFakeNode(name: string, labels: JsonObject): void {
    const lastTransitionTime = this.#now().replace(/\.\d+/, "");
    const more = { message: "m", lastTransitionTime };
    const pressure = (type: string, reason: string) => ({ type, status: "False", reason, ...more });
    const conditions = [
      pressure("MemoryPressure", "KubeletHasSufficientMemory"),
      pressure("DiskPressure", "KubeletHasNoDiskPressure"),
      pressure("PIDPressure", "KubeletHasSufficientPID"),
      { type: "Ready", status: "True", reason: "KubeletReady", ...more },
    ];
    const status = { capacity: { cpu: "4", memory: "8Gi", pods: "110" }, conditions };
    this.#create({ kind: "Node", metadata: { name, labels }, status });
    const spec = { holderIdentity: name, leaseDurationSeconds: 40 };
    this.#create({ kind: "Lease", metadata: { name, namespace: LEASES }, spec });
    this.#renew(name);
  }

  #now(): string {
    return new Date(this.#simulation.options.startEpochMs + this.#simulation.nowMs).toISOString();
  }

  #renew(node: string): void {
    const renewTime = this.#now().replace("Z", "000Z");
    this.#patch(`${this.#pathOf("Lease", LEASES)}/${node}`, "merge", { spec: { renewTime } });
  }

  #setUp(): void {
    const { setup, notes } = this.#recording;
    const labels = new Map((setup.allNodes ?? setup.nodes).map((node) => [node.name, node.labels]));
    for (const name of this.#nodeNames()) {
      const given = labels.get(name);
      if (given !== undefined && !isFake(name))
        this.#patch(`/api/v1/nodes/${name}`, "merge", { metadata: { labels: given } });
    }
    for (const { name, labels: given } of setup.nodes) if (isFake(name)) this.#addFakeNode(name, given);
    // Nothing but the case shall run on its nodes.
    this.#request({ method: "DELETE", path: "/apis/apps/v1/namespaces/kube-system/deployments/coredns" });
    for (const [, name = "", value] of (notes ?? []).join().matchAll(/\b(tl-\w+) = (\d+)/g)) {
      this.#create({ kind: "PriorityClass", metadata: { name }, value: Number(value) });
    }
    for (const name of setup.namespaces) this.#create({ kind: "Namespace", metadata: { name } });
    this.#simulation.advanceTo(this.#simulation.nowMs + 1000);
    for (const manifest of setup.manifests) {
      if (!isPlayed(manifest.kind)) continue;
      this.#createInPlace(manifest);
    }
  }

  /** Creates a manifest of the setup. Where its pods were all on one node, the other nodes are closed meanwhile. */
  #createInPlace(manifest: Manifest): void {
    const { pods = [], nodes } = this.#recording.setup;
    const own = pods.filter(({ name }) => name.startsWith(`${manifest.metadata.name}-`) && manifest.kind !== "Pod");
    const [home] = own;
    const closed = nodes.filter(
      ({ name }) => home !== undefined && own.every(({ node }) => node === home.node && node !== name),
    );
    const cordon = (unschedulable: boolean | null) => {
      for (const { name } of closed) this.#patch(`/api/v1/nodes/${name}`, "merge", { spec: { unschedulable } });
    };
    cordon(true);
    this.#create(manifest);
    this.#simulation.advanceTo(this.#simulation.nowMs + 1000);
    cordon(null);
  }

  #act(action: RecordedAction): void {
    const { what } = action;
    const [verb = "", target = ""] = what.split(" ");
    const [kind = "", masked = "", subresource] = target.split("/");
    const name = this.names.real(masked);
    if (what.includes(" the lease of ")) return;
    if (what.startsWith("stop the kubelet of ")) this.#crash(what.split(" ").at(-1) ?? "");
    else if (what.startsWith("start the kubelet of ")) this.#restart(what.split(" ").at(-1) ?? "");
    else if (verb === "create") this.#create(action.object ?? unrecorded(kind, name), action);
    else if (verb === "patch") {
      const path = `${this.#pathOf(kind)}/${name}${subresource === undefined ? "" : `/${subresource}`}`;
      this.#patch(path, action.patchType ?? "strategic", this.#withTimes(action.patch ?? {}), action);
    } else if (verb === "delete") {
      const { propagationPolicy, gracePeriodSeconds } = action;
      const body: JsonObject = {
        ...(propagationPolicy !== undefined && { propagationPolicy }),
        ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
      };
      this.#request({ method: "DELETE", path: `${this.#pathOf(kind)}/${name}`, body }, action);
    } else if (verb === "evict") {
      const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name } };
      this.#request({ method: "POST", path: `${this.#pathOf(kind)}/${name}/eviction`, body }, action);
    } else if (!this.#kubectl(what.split(" ").filter((word) => word !== "kubectl"))) {
      throw new Error(`no way to do "${what}"`);
    }
  }

  /** What kubectl does for `cordon`, `uncordon`, `taint` and `label`: a patch of the node. */
  #kubectl([verb = "", ...words]: readonly string[]): boolean {
    const name = words.find((word) => word !== "node") ?? "";
    const path = `/api/v1/nodes/${name}`;
    if (verb === "cordon" || verb === "uncordon") {
      this.#patch(path, "strategic", { spec: { unschedulable: verb === "cordon" ? true : null } });
    } else if (verb === "label") {
      // Whoever labels a node with its pool gives it the pool's zone as well.
      const labels = this.#recording.setup.nodes.find((node) => node.name === name)?.labels ?? {};
      this.#patch(path, "merge", { metadata: { labels } });
    } else if (verb === "taint") this.#taint(path, words.at(-1) ?? "");
    else return false;
    return true;
  }

  /** Our times for the recorded ones. */
  #withTimes(patch: JsonObject): JsonObject {
    const text = JSON.stringify(patch).replace(/"T\+(\d+)"/g, (_whole, seconds: string) => {
      const ms = this.#simulation.options.startEpochMs + this.#startMs + Number(seconds) * 1000;
      return `"${new Date(ms).toISOString().slice(0, 19)}Z"`;
    });
    return JSON.parse(text) as JsonObject;
  }

  #taint(path: string, text: string): void {
    const [, key, , value, effect, minus] = /^([^=:]+)(=([^:]*))?:(\w+)(-?)$/.exec(text) ?? [];
    const node = this.#simulation.request({ method: "GET", path }).body as unknown as {
      readonly spec: { readonly taints?: readonly JsonObject[] };
    };
    const others = (node.spec.taints ?? []).filter((taint) => taint.key !== key || taint.effect !== effect);
    const added =
      minus === "-" ? [] : [{ key: key ?? "", ...(value !== undefined && { value }), effect: effect ?? "" }];
    this.#patch(path, "merge", { spec: { taints: [...others, ...added] } });
  }

  /** "Stop the kubelet" takes its containers with it, as TIMELINES.md says: the machine loses power. */
  #crash(node: string): void {
    const spec = { type: "NodeCrash", target: { kind: "Node", name: node } };
    const apiVersion = "simulation.tabernetes.dev/v1alpha1";
    this.#request({
      method: "POST",
      path: FAULTS,
      body: { apiVersion, kind: "Fault", metadata: { name: node }, spec },
    });
  }

  #restart(node: string): void {
    if (this.#seen.some(({ object }) => object.kind === "Fault" && object.metadata.name === node)) {
      this.#request({ method: "DELETE", path: `${FAULTS}/${node}` });
    } else this.#simulation.machines.power(node, true);
  }

  #create(given: Manifest, action?: RecordedAction): void {
    const ref = kindNamed(given.kind).ref;
    const apiVersion = ref.group === "" ? ref.version : `${ref.group}/${ref.version}`;
    const path = this.#pathOf(given.kind, given.metadata.namespace);
    const body = { ...given, apiVersion, metadata: { ...given.metadata, ...this.#owners(given) } };
    this.#request({ method: "POST", path, body }, action);
  }

  /** Owners with their uids; where there is no such owner, nobody's. */
  #owners({ metadata: { ownerReferences } }: Manifest): JsonObject {
    if (ownerReferences === undefined) return {};
    const owners = (ownerReferences as unknown as readonly (JsonObject & { kind: string; name: string })[]).map(
      (owner) => {
        const path = `${this.#pathOf(owner.kind)}/${owner.name}`;
        const { metadata } = this.#simulation.request({ method: "GET", path }).body as { metadata?: { uid?: string } };
        return { ...owner, uid: metadata?.uid ?? NOBODY };
      },
    );
    return { ownerReferences: owners };
  }

  #patch(path: string, type: string, body: JsonObject, action?: RecordedAction): void {
    this.#request({ method: "PATCH", path, contentType: PATCH_TYPES[type] ?? "", body }, action);
  }

  #pathOf(kindName: string, namespace = this.#recording.setup.namespaces[0]): string {
    const { ref, namespaced } = kindNamed(kindName);
    const group = ref.group === "" ? `/api/${ref.version}` : `/apis/${ref.group}/${ref.version}`;
    return `${group}${namespaced ? `/namespaces/${namespace}` : ""}/${ref.plural}`;
  }

  #request(request: Parameters<Simulation["request"]>[0], action?: RecordedAction): void {
    const { code, body } = this.#simulation.request(request);
    const recorded = action?.error === undefined ? "accepted" : errorText(action.error);
    const answered = code < 300 ? "accepted" : errorText({ ...body, ...(body.details as JsonObject | undefined) });
    const what = action?.what ?? `${request.method} ${request.path}`;
    if (recorded !== answered) this.wrong.push({ what, recorded, answered });
  }
}

/** When an action took effect: a kubelet's process takes up to a second to come up on a busy machine. */
function timeOf({ events }: Recording, { t, what }: RecordedAction): number {
  const node = /^start the kubelet of (\S+)/.exec(what)?.[1];
  const started = events.find(
    (event) => event.t >= t && event.reason === "Starting" && event.involvedObject.name === node,
  );
  return started === undefined ? t : Math.max(t, started.t - KUBELET_START_SECONDS);
}

function errorText({ code, reason, message, causes }: JsonObject): string {
  return JSON.stringify({ code, reason, message, causes });
}

/** Whether objects of a kind are created and compared. */
export function isPlayed(kindName: string): boolean {
  return kinds.all.some(({ ref }) => ref.kind === kindName);
}

function kindNamed(name: string) {
  const kind = kinds.all.find(({ ref }) => ref.kind === name);
  if (kind === undefined) throw new Error(`the kind ${name} is not served`);
  return kind;
}

/** What was created where the recording does not show it: namespaces, and classes of a provisioner that nobody runs. */
function unrecorded(kind: string, name: string): Manifest {
  const bare = { kind, metadata: { name } };
  return kind === "StorageClass" ? { ...bare, provisioner: "csi.example.com" } : bare;
}
