import type { Pod, Service } from "../../api/schema/generated/types.ts";
import { isObject, type JsonObject } from "../../base/json.ts";
import { textOfBytes } from "../../node/files/bytes.ts";
import { type Call, type Command, complaint } from "../cli/command.ts";
import { placeOf, readConfig } from "../cli/config.ts";
import { ALL_NAMESPACES } from "../cli/select-flags.ts";
import { listAll } from "../describe/describer.ts";
import { urlPart } from "../mapping.ts";
import { toJson } from "../print/json.ts";
import { OBJECT_FORMATS, type Printer, printerFor, printFlagsWith } from "../print/printer.ts";
import { failureOf } from "../transport.ts";

const DUMPED: readonly (readonly [root: string, plural: string, file: string])[] = [
  ["/api/v1", "events", "events"],
  ["/api/v1", "replicationcontrollers", "replication-controllers"],
  ["/api/v1", "services", "services"],
  ["/apis/apps/v1", "daemonsets", "daemonsets"],
  ["/apis/apps/v1", "deployments", "deployments"],
  ["/apis/apps/v1", "replicasets", "replicasets"],
  ["/api/v1", "pods", "pods"],
];

/** `kubectl cluster-info dump`. Models kubectl pkg/cmd/clusterinfo clusterinfo_dump.go. */
const dump: Command = {
  name: "dump",
  use: "[flags] [options]",
  short: "Dump relevant information for debugging and diagnosis",
  flags: [
    ...printFlagsWith("json"),
    ALL_NAMESPACES,
    { name: "namespaces", type: "stringSlice", default: "", usage: "The namespaces to tell of." },
    {
      name: "output-directory",
      type: "string",
      default: "",
      usage: "A folder to write to, instead of standard output.",
    },
    { name: "pod-running-timeout", type: "duration", default: "20s", usage: "Taken for the sake of scripts." },
  ],
  run: runDump,
};

/** `kubectl cluster-info`. Models kubectl pkg/cmd/clusterinfo. */
export const clusterInfo: Command = {
  name: "cluster-info",
  use: "[flags] [options]",
  short: "Display cluster information",
  commands: [dump],
  run: runClusterInfo,
};

async function runClusterInfo(call: Call): Promise<undefined> {
  const { client, host, flags } = call;
  const { server } = placeOf(await readConfig(flags, host), flags);
  const namespace = flags.changed("namespace") ? client.namespace : "kube-system";
  const path = `/api/v1/namespaces/${urlPart(namespace)}/services`;
  const services = await listAll({ client, chunkSize: 0 }, path, {
    labelSelector: "kubernetes.io/cluster-service=true",
  });
  host.out(`Kubernetes control plane is running at ${server}\n`);
  for (const service of services as readonly Service[]) {
    const name = service.metadata?.labels?.["kubernetes.io/name"] || service.metadata?.name;
    host.out(`${name} is running at ${linkOf(service, server)}\n`);
  }
  host.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n");
  return undefined;
}

function linkOf({ metadata = {}, spec, status }: Service, server: string): string {
  const [balancer] = status?.loadBalancer?.ingress ?? [];
  const ports = spec?.ports ?? [];
  if (balancer !== undefined) {
    return ports.map(({ port }) => `http://${balancer.ip || balancer.hostname}:${port} `).join("");
  }
  const [first] = ports;
  const { name = "", namespace = "" } = metadata;
  const scheme = first !== undefined && (first.name === "https" || first.port === 443) ? "https" : "";
  const portName = first?.name ?? "";
  const part = scheme !== "" ? `${scheme}:${name}:${portName}` : portName !== "" ? `${name}:${portName}` : name;
  return `${server}/api/v1/namespaces/${namespace}/services/${part}/proxy`;
}

async function runDump(call: Call): Promise<undefined> {
  const { client, host, flags } = call;
  const output = flags.text("output") || "json";
  const printer: Printer =
    flags.text("output") === ""
      ? { print: (object) => `${toJson(object, 4)}\n` }
      : await printerFor(flags, host, OBJECT_FORMATS);
  const extension = output === "json" ? ".json" : output === "yaml" ? ".yaml" : ".txt";
  const folder = flags.text("output-directory");
  const write = async (name: string, text: string) => {
    if (folder === "" || folder === "-") host.out(text);
    else {
      const path = `${folder}/${name}`;
      await host.files.makeFolder?.(path.slice(0, path.lastIndexOf("/")));
      const done = await host.files.write(path, text);
      if (!done.ok) throw complaint(`open ${path}: ${done.error}`);
    }
  };
  await write(`nodes${extension}`, printer.print((await client.get("/api/v1/nodes")).body));
  for (const namespace of await namespacesOf(call)) {
    let pods: JsonObject = {};
    for (const [root, plural, file] of DUMPED) {
      const list = (await client.get(`${root}/namespaces/${urlPart(namespace)}/${plural}`)).body;
      await write(`${namespace}/${file}${extension}`, printer.print(list));
      if (plural === "pods") pods = list;
    }
    for (const pod of Array.isArray(pods.items) ? pods.items.filter(isObject) : []) {
      await write(`${namespace}/${(pod as Pod).metadata?.name}/logs.txt`, await logsOf(call, pod as Pod));
    }
  }
  if (folder !== "" && folder !== "-") host.out(`Cluster info dumped to ${folder}\n`);
  return undefined;
}

async function namespacesOf({ client, flags }: Call): Promise<readonly string[]> {
  if (flags.on("all-namespaces")) {
    const all = await listAll({ client, chunkSize: 0 }, "/api/v1/namespaces");
    return all.map(({ metadata }) => (isObject(metadata) ? String(metadata.name) : ""));
  }
  const given = flags.list("namespaces");
  return given.length > 0 ? given : ["kube-system", client.namespace];
}

async function logsOf({ client }: Call, { metadata = {}, spec }: Pod): Promise<string> {
  const { name = "", namespace = "" } = metadata;
  let text = "";
  for (const container of [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]) {
    const about = `logs for container ${container.name} of pod ${namespace}/${name} ====\n`;
    const root = `/api/v1/namespaces/${urlPart(namespace)}/pods/${urlPart(name)}`;
    const response = await client.ask({ method: "GET", path: `${root}/log?container=${urlPart(container.name)}` });
    const failure = failureOf(response);
    const log = response.bytes === true ? textOfBytes(response.text ?? "") : (response.text ?? "");
    text += `==== START ${about}${failure === undefined ? log : `Request log error: ${failure.message}\n`}==== END ${about}`;
  }
  return text;
}
