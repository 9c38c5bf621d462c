import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  SERVICES,
  STORAGE_CLASSES,
} from "../../../simulator/api/refs.ts";
import { equalJson } from "../../../simulator/base/json.ts";
import { BUDGETS, Harness } from "./harness.ts";
import { type NodeSketch, nodeObject, type PodSketch, podObject } from "./objects.ts";

interface Expected {
  readonly node?: string;
  readonly allowed?: readonly string[];
  readonly got?: string;
  readonly scores?: { readonly [node: string]: { readonly [plugin: string]: number } };
  readonly unschedulable?: { readonly reason: string; readonly message: string };
  readonly nominatedNode?: string;
  readonly victims?: readonly string[];
  readonly victimEvent?: string;
  readonly victimCondition?: object;
  readonly afterVictimsGone?: { readonly node: string };
  readonly pending?: boolean;
  readonly gated?: unknown;
  readonly rejected?: unknown;
}

interface Step {
  readonly create?: PodSketch;
  readonly patchNode?: string;
  readonly patchPod?: string;
  readonly patch?: { readonly metadata?: object; readonly spec?: object };
  readonly addNode?: NodeSketch;
  readonly deletePod?: string;
  readonly expect?: string;
}

export interface RecordedScheduling {
  readonly name: string;
  readonly nodes: readonly NodeSketch[];
  readonly objects?: readonly { readonly kind: string; readonly metadata: { readonly name: string } }[];
  readonly existing?: readonly PodSketch[];
  readonly pods?: readonly PodSketch[];
  readonly steps?: readonly Step[];
  readonly expected: { readonly [pod: string]: Expected };
}

export const SCHEDULING_TOPICS = [
  "fit",
  "gates",
  "host-ports",
  "messages",
  "mixed",
  "node-affinity",
  "pod-affinity",
  "preemption",
  "score",
  "spread",
  "taints",
  "volumes",
];

/** The storage classes of the recorded cluster: the provisioner of the last two does not run. */
const CLASSES = [
  ["local", "kubernetes.io/no-provisioner", undefined],
  ["ext-wait", "csi.example.com", undefined],
  [
    "ext-zone1",
    "csi.example.com",
    [{ matchLabelExpressions: [{ key: "topology.kubernetes.io/zone", values: ["z1"] }] }],
  ],
] as const;

/** Long enough for any cycle, too short for a back-off to end or a victim to go. */
const ANSWER_MS = 20;

class Player {
  /** What went another way than it was recorded. */
  readonly found: string[] = [];
  readonly harness = new Harness();
  readonly #case: RecordedScheduling;

  constructor(played: RecordedScheduling) {
    this.#case = played;
    const { harness } = this;
    for (const [name, labels] of [
      ["default", {}],
      ["team-a", { team: "a" }],
      ["team-b", { team: "b" }],
    ] as const) {
      harness.namespace(name, { "kubernetes.io/metadata.name": name, ...labels });
    }
    for (const [name, provisioner, allowedTopologies] of CLASSES) {
      const volumeBindingMode = "WaitForFirstConsumer";
      harness.create(STORAGE_CLASSES, { metadata: { name }, provisioner, volumeBindingMode, allowedTopologies });
    }
    for (const node of played.nodes) harness.create(NODES, nodeObject(node));
    for (const object of played.objects ?? []) this.#object(object);
    for (const pod of played.existing ?? []) harness.create(PODS, podObject(pod));
    harness.start();
    harness.run(1_000);
  }

  play(): void {
    for (const pod of this.#case.pods ?? []) {
      this.#create(pod);
      this.#check(pod.metadata.name, pod.metadata.name, pod.metadata.namespace);
    }
    for (const step of this.#case.steps ?? []) this.#step(step);
    const volumes = (this.#case.expected.volumes ?? {}) as { readonly [claim: string]: string | null };
    for (const [claim, volume] of Object.entries(volumes)) {
      const bound = this.harness.store.of(PERSISTENT_VOLUME_CLAIMS).get(`default/${claim}`)?.spec.volumeName ?? null;
      this.#compare(`volume of ${claim}`, bound, volume);
    }
  }

  /** Does the binder's part: completes what the scheduler began. */
  #bindClaims(): void {
    const { store } = this.harness;
    let isLate = false;
    for (const { metadata, spec } of store.of(PERSISTENT_VOLUMES).values()) {
      const claim = store.of(PERSISTENT_VOLUME_CLAIMS).get(`default/${spec.claimRef?.name}`);
      if (claim === undefined || claim.spec.volumeName) continue;
      const annotations = { "pv.kubernetes.io/bind-completed": "yes" };
      this.harness.update(PERSISTENT_VOLUME_CLAIMS, {
        ...claim,
        metadata: { ...claim.metadata, annotations },
        spec: { ...claim.spec, volumeName: metadata.name },
      });
      isLate = true;
    }
    if (isLate) this.harness.run(1_000);
  }

  #object(object: { readonly kind: string; readonly metadata: { readonly name: string } }): void {
    const metadata = { namespace: "default", ...object.metadata };
    if (object.kind === "Service") this.harness.create(SERVICES, { ...object, metadata });
    else if (object.kind === "PersistentVolume") {
      this.harness.create(PERSISTENT_VOLUMES, { ...object, status: { phase: "Available" } });
    } else if (object.kind === "PersistentVolumeClaim") {
      this.harness.create(PERSISTENT_VOLUME_CLAIMS, { ...object, metadata, status: { phase: "Pending" } });
    } else if (object.kind === "PodDisruptionBudget") {
      const disruptionsAllowed = (this.#case.expected.disruptionsAllowed as Record<string, number>)[metadata.name];
      this.harness.create(BUDGETS, { ...object, metadata, status: { disruptionsAllowed } });
    } else throw new Error(`an object of kind ${object.kind}`);
  }

  #create(pod: PodSketch): void {
    this.harness.create(PODS, podObject(pod));
    this.harness.run(ANSWER_MS);
  }

  #step(step: Step): void {
    const { harness } = this;
    if (step.create) {
      this.#create(step.create);
      this.#check(step.create.metadata.name, step.create.metadata.name);
    } else if (step.patchNode) {
      const node = harness.node(step.patchNode);
      harness.update(NODES, patched(node, step.patch));
    } else if (step.patchPod) harness.update(PODS, patched(harness.pod(step.patchPod), step.patch));
    else if (step.addNode) harness.create(NODES, nodeObject(step.addNode));
    else if (step.deletePod) harness.deletePod(step.deletePod);
    else if (step.expect) {
      harness.run(1_500);
      this.#check(step.expect, `${step.expect}@later`);
    }
  }

  #check(name: string, answer: string, namespace = "default"): void {
    const expected = this.#case.expected[answer];
    if (expected === undefined) throw new Error(`nothing is expected of ${answer}`);
    const { harness } = this;
    this.#bindClaims();
    const pod = harness.pod(name, namespace);
    const condition = pod.status.conditions?.find(({ type }) => type === "PodScheduled");
    if (expected.node !== undefined || expected.allowed !== undefined) {
      if (!(expected.allowed ?? [expected.node]).includes(pod.spec.nodeName ?? "nowhere")) {
        this.found.push(`${answer}: on ${pod.spec.nodeName}: ${condition?.message}`);
      }
      if (expected.scores !== undefined) {
        this.#compare(`scores of ${answer}`, this.#scores(`${namespace}/${name}`), expected.scores);
      }
      if (expected.got !== undefined && pod.spec.nodeName !== expected.got) this.#move(name, expected.got);
    } else if (expected.unschedulable !== undefined) {
      this.#compare(answer, { reason: condition?.reason, message: condition?.message }, expected.unschedulable);
      const event = harness.eventsOf(name, "FailedScheduling").at(-1)?.message;
      this.#compare(`event of ${answer}`, event, expected.unschedulable.message);
      this.#checkPreemption(name, expected);
    } else {
      if (!(expected.pending ?? expected.gated))
        throw new Error(`nothing that can be compared is expected of ${answer}`);
      this.#compare(`node of ${answer}`, pod.spec.nodeName, undefined);
      this.#compare(`condition of ${answer}`, condition, undefined);
    }
  }

  #scores(podKey: string): object {
    const nodes = this.harness.scheduler.verdictOf(podKey)?.nodes ?? [];
    return Object.fromEntries(
      nodes.flatMap(({ node, scores, total }) => (scores ? [[node, { ...scores, total }]] : [])),
    );
  }

  /** Continues as the recorded run did, where chance chose another of the equal nodes. */
  #move(name: string, nodeName: string): void {
    const pod = this.harness.pod(name);
    this.harness.update(PODS, { ...pod, spec: { ...pod.spec, nodeName } });
  }

  #checkPreemption(name: string, expected: Expected): void {
    const { harness } = this;
    if (expected.victims === undefined) return;
    const pods = [...harness.store.of(PODS).values()];
    const victims = pods.filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
    const names = victims.map(({ metadata }) => metadata.name).sort();
    this.#compare(`victims of ${name}`, names, [...expected.victims].sort());
    this.#compare(`node nominated for ${name}`, harness.pod(name).status.nominatedNodeName, expected.nominatedNode);
    for (const victim of victims) {
      const condition = victim.status.conditions?.find(({ type }) => type === "DisruptionTarget");
      for (const [field, value] of Object.entries(expected.victimCondition ?? {})) {
        this.#compare(`${field} of ${victim.metadata.name}'s condition`, condition?.[field as "type"], value);
      }
      const text = expected.victimEvent?.replace("<uid>", harness.pod(name).metadata.uid);
      const event = harness.eventsOf(victim.metadata.name, "Preempted").at(-1)?.message;
      this.#compare(`event of ${victim.metadata.name}`, event, text);
    }
    if (expected.afterVictimsGone === undefined) return;
    harness.run(3_000);
    this.#compare(`later node of ${name}`, harness.pod(name).spec.nodeName, expected.afterVictimsGone.node);
  }

  #compare(about: string, actual: unknown, recorded: unknown): void {
    if (!equalJson(actual, recorded)) {
      this.found.push(`${about}: ${JSON.stringify(actual)} instead of ${JSON.stringify(recorded)}`);
    }
  }
}

function patched<T extends { readonly metadata: object; readonly spec: object }>(object: T, patch: Step["patch"]): T {
  const join = (a: object, b: object | undefined): object => {
    const result: Record<string, unknown> = { ...a };
    for (const [key, value] of Object.entries(b ?? {})) {
      const old = result[key];
      const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
      if (value === null) delete result[key];
      else result[key] = isMap ? join((old as object) ?? {}, value as object) : value;
    }
    return result;
  };
  return join(object, patch) as T;
}

/** The recorded cases of a topic; none where they are not at hand. */
export function recordedScheduling(folder: string, topic: string): readonly RecordedScheduling[] {
  const file = join(folder, "scheduling", `${topic}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { cases: RecordedScheduling[] }).cases : [];
}

/** Lets our scheduler decide a recorded case: what went another way, nothing when all is as recorded. */
export function playScheduling(one: RecordedScheduling): readonly string[] {
  const player = new Player(one);
  player.play();
  return player.found;
}
