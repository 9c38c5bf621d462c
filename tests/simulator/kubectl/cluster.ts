import type { ApiRequest, JsonObject } from "../../../simulator/index.ts";
import { Simulation, type Wait } from "../../../simulator/index.ts";

/** A cluster that has settled, and what kubectl needs of it. */
export interface TestCluster {
  readonly simulation: Simulation;
  readonly transport: (request: ApiRequest) => Promise<ReturnType<Simulation["request"]>>;
  /** Waiting lets virtual time pass. */
  readonly wait: Wait;
  advance(ms: number): void;
  get(path: string): JsonObject;
  /** Sends a request that must be accepted. */
  send(request: ApiRequest): JsonObject;
}

export function startCluster(): TestCluster {
  const simulation = Simulation.start({ seed: 11 });
  const advance = (ms: number) => simulation.advanceTo(simulation.nowMs + ms);
  const send = (request: ApiRequest): JsonObject => {
    const response = simulation.request(request);
    if (response.code >= 400) throw new Error(String(response.body.message));
    return response.body;
  };
  advance(30_000);
  return {
    simulation,
    transport: async (request) => simulation.request(request),
    wait: async (ms) => advance(ms),
    advance,
    get: (path) => simulation.request({ method: "GET", path }).body,
    send,
  };
}

/** Objects that tests apply. */
export const deployment = (name: string, replicas: number) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  labels: {app: ${name}}
spec:
  replicas: ${replicas}
  selector:
    matchLabels: {app: ${name}}
  template:
    metadata:
      labels: {app: ${name}}
    spec:
      containers:
      - name: nginx
        image: nginx:1.27
        resources:
          requests: {cpu: 50m, memory: 32Mi}
`;

export const configMap = (name: string, data = "color: blue") => `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
  labels: {tier: a}
data:
  ${data}
`;

/** A pod bound to a node by hand, as a scheduler of one's own would do. */
export const podOn = (node: string, name: string, more = "") => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  labels: {app: solo}
spec:
  nodeName: ${node}
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: busybox:1.36
    command: [sleep, "3600"]
${more}`;
