import type { Incoming, KubeObject } from "../../../simulator/api/object.ts";
import {
  DEPLOYMENTS,
  type Deployment,
  PODS,
  type Pod,
  REPLICA_SETS,
  type ReplicaSet,
  type ResourceRef,
  SERVICES,
  type Service,
} from "../../../simulator/api/refs.ts";
import { cloneJson, type Draft } from "../../../simulator/base/json.ts";
import { deploymentController } from "../../../simulator/resources/apps/deployment/controller.ts";
import { replicaSetController } from "../../../simulator/resources/apps/replicaset/controller.ts";
import { endpointsController } from "../../../simulator/resources/core/endpoints/controller.ts";
import { endpointSliceController } from "../../../simulator/resources/discovery/endpointslice/controller.ts";
import { kinds } from "../../../simulator/resources/registry.ts";
import { addNodes, fakeKubelet } from "./fake-kubelet.ts";
import { Cluster, must } from "./harness.ts";

export const CONTROLLERS = [endpointsController, endpointSliceController, deploymentController, replicaSetController];
export const NODES_OF_TESTS = ["n1", "n2", "n3"];

/** A pod image that never becomes ready. */
export const BROKEN = "broken";

/** A cluster whose pods are ready `readyMs` after they were made, on nodes in turn, unless their image is broken. */
export function startWorkloads(readyMs = 500): Cluster {
  const cluster = new Cluster(CONTROLLERS);
  cluster.addNamespace("default");
  addNodes(cluster, NODES_OF_TESTS, "z1");
  let count = 0;
  const plan = (pod: Pod, nowMs: number) => ({
    node: NODES_OF_TESTS[count++ % NODES_OF_TESTS.length] ?? "",
    readyAtMs: pod.spec.containers[0]?.image === BROKEN ? undefined : nowMs + readyMs,
  });
  cluster.host.add(fakeKubelet({ plan, stopMs: 100, goneMs: 300 }));
  cluster.startControllers();
  cluster.host.startProcess("fake-kubelet");
  return cluster;
}

/** Creates an object as a user would: with defaults. */
export function create<T extends KubeObject>(cluster: Cluster, ref: ResourceRef<T>, given: unknown): T {
  const object = cloneJson(given as object) as unknown as Draft<KubeObject>;
  kinds.get(ref.id)?.defaults?.(object);
  return must(cluster.client.create(ref, object as unknown as Incoming<T>));
}

type Spec<T extends { readonly spec: unknown }> = Partial<T["spec"]>;

export function template(image = "nginx", labels: { [key: string]: string } = { app: "web" }) {
  return { metadata: { labels }, spec: { containers: [{ name: "c", image }] } };
}

export function createDeployment(cluster: Cluster, spec: Spec<Deployment> = {}, name = "web"): Deployment {
  const selector = { matchLabels: { app: "web" } };
  return create(cluster, DEPLOYMENTS, {
    metadata: { name, namespace: "default" },
    spec: { selector, template: template(), ...spec },
  });
}

export function createReplicaSet(cluster: Cluster, spec: Spec<ReplicaSet> = {}, name = "rs"): ReplicaSet {
  const selector = { matchLabels: { app: "web" } };
  return create(cluster, REPLICA_SETS, {
    metadata: { name, namespace: "default" },
    spec: { selector, template: template(), ...spec },
  });
}

export function createService(cluster: Cluster, spec: Spec<Service> = {}, name = "web"): Service {
  return create(cluster, SERVICES, {
    metadata: { name, namespace: "default" },
    spec: { selector: { app: "web" }, ports: [{ port: 80, targetPort: 8080 }], ...spec },
  });
}

/** Changes the spec of an object. */
export function change<T extends KubeObject & { readonly spec: object }>(
  cluster: Cluster,
  ref: ResourceRef<T>,
  name: string,
  spec: Spec<T>,
): T {
  const old = cluster.get(ref, `default/${name}`);
  const object = cloneJson({ ...old, spec: { ...old.spec, ...spec } }) as unknown as Draft<KubeObject>;
  kinds.get(ref.id)?.defaults?.(object);
  return must(cluster.client.update(ref, object as unknown as T));
}

export function setImage(cluster: Cluster, image: string, name = "web"): Deployment {
  return change(cluster, DEPLOYMENTS, name, { template: template(image) } as Partial<Deployment["spec"]>);
}

/** Sizes of the replica sets, oldest first, as `wanted/present`. */
export function sizes(cluster: Cluster): string[] {
  return [...cluster.store.of(REPLICA_SETS).values()].map(({ spec, status }) => `${spec.replicas}/${status.replicas}`);
}

export function podsOf(cluster: Cluster): Pod[] {
  return [...cluster.store.of(PODS).values()];
}

/** Messages of events about objects of a kind, each with its reason. */
export function messages(cluster: Cluster, kind: string): string[] {
  const ofKind = cluster.allEvents().filter(({ involvedObject }) => involvedObject.kind === kind);
  return ofKind.map(({ reason, message }) => `${reason} ${message}`);
}
