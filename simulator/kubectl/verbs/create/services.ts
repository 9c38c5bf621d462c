import { isDns1123Subdomain } from "../../../api/meta/validation.ts";
import type { JsonObject } from "../../../base/json.ts";
import { type Call, type Command, complaint } from "../../cli/command.ts";
import { type Generator, generatorCommand, known } from "./generator.ts";

const TCP = { name: "tcp", type: "stringSlice", default: "", usage: "Ports, as '<port>:<targetPort>'." } as const;
const SERVICES = known("v1", "Service", "services");

function portNumber(text: string): number {
  const value = Number(text);
  if (!/^-?\d+$/.test(text)) throw complaint(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  return value;
}

// Models kubectl pkg/cmd/create create_service.go parsePorts
function portOf(text: string, nodePort: number): JsonObject {
  const [first = "", second] = text.split(":");
  const port = portNumber(first);
  if (port > 65535) throw complaint(`strconv.ParseUint: parsing ${JSON.stringify(first)}: value out of range`);
  if (port < 1) throw complaint("must be between 1 and 65535, inclusive");
  const isNumber = second !== undefined && /^\d+$/.test(second);
  if (isNumber && (Number(second) < 1 || Number(second) > 65535)) {
    throw complaint("must be between 1 and 65535, inclusive");
  }
  if (second !== undefined && !isNumber && !/^(?=.*[a-z])[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(second)) {
    throw complaint(`must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)`);
  }
  return {
    name: text.replaceAll(":", "-"),
    port,
    protocol: "TCP",
    targetPort: second === undefined ? port : isNumber ? Number(second) : second,
    ...(nodePort !== 0 && { nodePort }),
  };
}

function serviceOf(call: Call, name: string, type: string, more: JsonObject = {}): JsonObject {
  const nodePort = call.flags.has("node-port") ? call.flags.number("node-port") : 0;
  const ports = call.flags.list("tcp").map((text) => portOf(text, nodePort));
  const labels = { app: name };
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, labels },
    spec: { type, selector: labels, ...(ports.length > 0 && { ports }), ...more },
  };
}

function needPorts({ flags }: Call): void {
  if (flags.list("tcp").length === 0) throw complaint("at least one tcp port specifier must be provided");
}

const clusterIp: Generator = {
  name: "clusterip",
  use: "NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none] [options]",
  short: "Create a ClusterIP service",
  flags: [
    TCP,
    { name: "clusterip", type: "string", default: "", usage: "The address; 'None' for a headless service." },
  ],
  mapping: SERVICES,
  failing: "failed to create ClusterIP service:",
  make(call, name) {
    const address = call.flags.text("clusterip");
    if (address !== "None") needPorts(call);
    return serviceOf(call, name, "ClusterIP", address === "" ? {} : { clusterIP: address });
  },
};

const nodePort: Generator = {
  name: "nodeport",
  use: "NAME [--tcp=port:targetPort] [--dry-run=server|client|none] [options]",
  short: "Create a NodePort service",
  flags: [TCP, { name: "node-port", type: "int", default: "0", usage: "The port on every node." }],
  mapping: SERVICES,
  failing: "failed to create NodePort service:",
  make(call, name) {
    needPorts(call);
    return serviceOf(call, name, "NodePort");
  },
};

const loadBalancer: Generator = {
  name: "loadbalancer",
  use: "NAME [--tcp=port:targetPort] [--dry-run=server|client|none] [options]",
  short: "Create a LoadBalancer service",
  flags: [TCP],
  mapping: SERVICES,
  failing: "failed to create LoadBalancer service:",
  make(call, name) {
    needPorts(call);
    return serviceOf(call, name, "LoadBalancer");
  },
};

const externalName: Generator = {
  name: "externalname",
  use: "NAME --external-name external.name [--dry-run=server|client|none] [options]",
  short: "Create an ExternalName service",
  flags: [TCP, { name: "external-name", type: "string", default: "", usage: "The name that it stands for." }],
  required: ["external-name"],
  mapping: SERVICES,
  failing: "failed to create ExternalName service:",
  make(call, name) {
    const externalName = call.flags.text("external-name");
    if (isDns1123Subdomain(externalName).length > 0) {
      throw complaint(`invalid service external name ${externalName}`);
    }
    return serviceOf(call, name, "ExternalName", { externalName });
  },
};

// Models kubectl pkg/cmd/create create_service.go
export const service: Command = {
  name: "service",
  aliases: ["svc"],
  use: "[flags] [options]",
  short: "Create a service using a specified subcommand",
  commands: [clusterIp, externalName, loadBalancer, nodePort].map(generatorCommand),
};
