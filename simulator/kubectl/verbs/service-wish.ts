import type { JsonObject } from "../../base/json.ts";
import { complaint } from "../cli/command.ts";

/** What a service made by `expose` or `run --expose` is to be; empty texts say nothing. */
export interface ServiceWish {
  readonly name: string;
  readonly labels: JsonObject;
  readonly selector: JsonObject;
  readonly ports: readonly string[];
  /** The protocol of each port of what is exposed. */
  readonly protocols: ReadonlyMap<string, string>;
  readonly protocol: string;
  readonly targetPort: string;
  readonly type: string;
  readonly clusterIp: string;
  readonly externalIp: string;
  readonly loadBalancerIp: string;
  readonly sessionAffinity: string;
}

// Models kubectl pkg/generate ParseLabels
/** `a=b,c=d` as a map. */
export function labelPairs(text: string): JsonObject {
  return Object.fromEntries(
    text.split(",").map((pair): [string, string] => {
      const [key = "", value, ...more] = pair.split("=");
      if (value === undefined || more.length > 0 || key === "") {
        throw complaint(`unexpected label spec: ${pair}`);
      }
      return [key, value];
    }),
  );
}

// Models kubectl pkg/cmd/expose createService
export function serviceFor(wish: ServiceWish): JsonObject {
  const { name, labels, selector, type, clusterIp, externalIp, loadBalancerIp, sessionAffinity } = wish;
  const ports = wish.ports.filter((each) => each !== "").map((each, index) => portFor(wish, each, index));
  if (sessionAffinity !== "" && sessionAffinity !== "None" && sessionAffinity !== "ClientIP") {
    throw complaint(`unknown session affinity: ${sessionAffinity}`);
  }
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, ...(Object.keys(labels).length > 0 && { labels }) },
    spec: {
      ...(ports.length > 0 && { ports }),
      selector,
      ...(externalIp !== "" && { externalIPs: [externalIp] }),
      ...(type !== "" && { type }),
      ...(type === "LoadBalancer" && loadBalancerIp !== "" && { loadBalancerIP: loadBalancerIp }),
      ...(sessionAffinity !== "" && { sessionAffinity }),
      ...(clusterIp !== "" && { clusterIP: clusterIp }),
    },
  };
}

function portFor(wish: ServiceWish, text: string, index: number): JsonObject {
  const port = Number(text);
  if (!/^\d+$/.test(text)) throw complaint(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  const target = wish.targetPort;
  const name = wish.ports.length > 1 ? { name: `port-${index + 1}` } : {};
  const protocol = wish.protocol || wish.protocols.get(text) || "TCP";
  const targetPort = target === "" ? port : /^\d+$/.test(target) ? Number(target) : target;
  return { ...name, protocol, port, targetPort };
}
