import { PODS } from "../../api/refs.ts";
import type { ProxyAnswer, ProxyRequest } from "../../api/streams.ts";
import type { JsonValue } from "../../base/json.ts";
import { bytesOfText } from "../files/bytes.ts";
import type { Machine } from "../machine.ts";
import type { Machines } from "../machines.ts";
import { stateOf } from "../runtime.ts";
import { containerLog } from "./container-log.ts";

// Models pkg/kubelet/server: what a kubelet serves on its port beside streams.

type Page = (machines: Machines, machine: Machine, request: ProxyRequest) => ProxyAnswer;

const pages: { readonly [path: string]: Page } = {
  "/healthz": () => plain(200, "ok"),
  "/healthz/ping": () => plain(200, "ok"),
  "/healthz/syncloop": () => plain(200, "ok"),
  "/pods": pods,
  "/runningpods": runningPods,
  "/metrics": metrics,
};

/** What a kubelet answers. */
export function kubeletAnswer(machines: Machines, machine: Machine, request: ProxyRequest): ProxyAnswer {
  const path = request.path.split("?")[0] ?? "";
  const page = pages[path] ?? pages[path.replace(/\/$/, "")];
  if (page !== undefined) {
    return request.method === "GET" ? page(machines, machine, request) : plain(405, "Method Not Allowed");
  }
  if (path === "/logs" || path === "/logs/") return logFolder();
  const log = /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path);
  return log === null ? plain(404, "404 page not found\n") : logPage(machines, machine, request, log);
}

/** The machine's own log folder, which holds those of its pods and containers. */
function logFolder(): ProxyAnswer {
  const links = ["containers/", "pods/"].map((name) => `<a href="${name}">${name}</a>\n`).join("");
  return { status: 200, headers: { "Content-Type": "text/html; charset=utf-8" }, body: `<pre>\n${links}</pre>\n` };
}

function plain(status: number, body: string): ProxyAnswer {
  return { status, headers: { "Content-Type": "text/plain; charset=utf-8" }, body };
}

function json(value: JsonValue): ProxyAnswer {
  return { status: 200, headers: { "Content-Type": "application/json" }, body: bytesOfText(JSON.stringify(value)) };
}

function podList(items: readonly JsonValue[]): ProxyAnswer {
  return json({ kind: "PodList", apiVersion: "v1", metadata: {}, items: [...items] });
}

function pods({ ports }: Machines, { name }: Machine): ProxyAnswer {
  return podList([...ports.sources.cache.byIndex(PODS, "node", name)] as unknown as JsonValue[]);
}

function runningPods({ ports }: Machines, machine: Machine): ProxyAnswer {
  const running = [...machine.pods.values()].filter(({ sandbox }) => sandbox);
  const items = running.map(({ name, namespace, uid, containers }) => ({
    metadata: { name, namespace, uid },
    spec: {
      containers: containers
        .filter((container) => stateOf(container, ports.nowMs()) === "running")
        .map((container) => ({ name: container.name, resources: {} })),
    },
    status: {},
  }));
  return podList(items);
}

/** The few figures that a kubelet here has; in Prometheus' text form. */
function metrics({ ports }: Machines, machine: Machine): ProxyAnswer {
  const nowMs = ports.nowMs();
  const states = new Map<string, number>([
    ["created", 0],
    ["exited", 0],
    ["running", 0],
  ]);
  let sandboxes = 0;
  for (const pod of machine.pods.values()) {
    if (pod.sandbox) sandboxes++;
    for (const container of pod.containers) {
      const state = stateOf(container, nowMs);
      if (states.has(state)) states.set(state, (states.get(state) ?? 0) + 1);
    }
  }
  const lines = [
    "# HELP kubelet_node_name [ALPHA] The node's name. The count is always 1.",
    "# TYPE kubelet_node_name gauge",
    `kubelet_node_name{node="${machine.name}"} 1`,
    "# HELP kubelet_running_containers [ALPHA] Number of containers currently running",
    "# TYPE kubelet_running_containers gauge",
    ...[...states].map(([state, count]) => `kubelet_running_containers{container_state="${state}"} ${count}`),
    "# HELP kubelet_running_pods [ALPHA] Number of pods that have a running pod sandbox",
    "# TYPE kubelet_running_pods gauge",
    `kubelet_running_pods ${sandboxes}`,
  ];
  const headers = { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" };
  return { status: 200, headers, body: `${lines.join("\n")}\n` };
}

function logPage(machines: Machines, machine: Machine, request: ProxyRequest, match: RegExpExecArray): ProxyAnswer {
  const [, namespace = "", pod = "", container = ""] = match;
  const query = request.path.slice(request.path.indexOf("?") + 1);
  const tail = /(?:^|&)tailLines=(\d+)/.exec(query)?.[1];
  const log = containerLog(
    machines,
    { nodeName: machine.name, namespace, pod, container },
    {
      follow: false,
      previous: /(?:^|&)previous=true/.test(query),
      timestamps: /(?:^|&)timestamps=true/.test(query),
      sinceSeconds: undefined,
      sinceMs: undefined,
      tailLines: tail === undefined ? undefined : Number(tail),
      limitBytes: undefined,
    },
  );
  if (log.ok) return plain(200, log.value.next());
  return plain(log.error.kind === "refused" ? log.error.code : 500, log.error.text);
}
