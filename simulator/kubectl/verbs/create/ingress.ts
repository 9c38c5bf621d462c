import type { JsonObject } from "../../../base/json.ts";
import { complaint } from "../../cli/command.ts";
import { type Generator, known } from "./generator.ts";

/** What follows what is read here does not count. */
const RULE = /^(?<host>[\w*.-]*)(?<path>\/.*)=(?<service>[\w-]+):(?<port>[\w-]+)(?:,(?<tls>tls)=?(?<secret>[\w-]+)?)?/;

interface Rule {
  readonly host: string;
  readonly path: JsonObject;
  readonly tls: boolean;
  readonly secret: string;
}

function backend(service: string, port: string): JsonObject {
  return { service: { name: service, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } };
}

function ruleOf(text: string): Rule {
  const { host = "", path = "", service = "", port = "", tls, secret = "" } = RULE.exec(text)?.groups ?? {};
  const isPrefix = path.endsWith("*");
  return {
    host,
    path: {
      path: isPrefix ? path.slice(0, -1) : path,
      pathType: isPrefix ? "Prefix" : "Exact",
      backend: backend(service, port),
    },
    tls: tls !== undefined,
    secret,
  };
}

/** Rules of one host are put together, hosts in their order. */
function byHost(rules: readonly Rule[]): readonly JsonObject[] {
  const hosts = new Map<string, JsonObject[]>();
  for (const { host, path } of rules) hosts.set(host, [...(hosts.get(host) ?? []), path]);
  return [...hosts].map(([host, paths]) => ({ ...(host !== "" && { host }), http: { paths } }));
}

/** Hosts of one secret are put together. */
function tlsOf(rules: readonly Rule[]): readonly JsonObject[] {
  const secrets = new Map<string, Set<string>>();
  for (const { host, tls, secret } of rules) {
    if (!tls) continue;
    const hosts = secrets.get(secret) ?? new Set();
    secrets.set(secret, host === "" ? hosts : hosts.add(host));
  }
  return [...secrets].map(([secretName, hosts]) => ({
    ...(hosts.size > 0 && { hosts: [...hosts] }),
    ...(secretName !== "" && { secretName }),
  }));
}

// Models kubectl pkg/cmd/create create_ingress.go
export const ingress: Generator = {
  name: "ingress",
  aliases: ["ing"],
  use: "NAME --rule=host/path=service:port[,tls[=secret]]  [options]",
  short: "Create an ingress with the specified name",
  flags: [
    { name: "class", type: "string", default: "", usage: "The ingress class." },
    { name: "rule", type: "stringArray", default: "", usage: "A rule: host/path=service:port[,tls[=secret]]." },
    { name: "default-backend", type: "string", default: "", usage: "Where all else goes: service:port." },
    { name: "annotation", type: "stringArray", default: "", usage: "An annotation: key=value." },
  ],
  mapping: known("networking.k8s.io/v1", "Ingress", "ingresses"),
  failing: "failed to create ingress:",
  make({ flags }, name) {
    const texts = flags.list("rule");
    const fallback = flags.text("default-backend");
    if (texts.length === 0 && fallback === "") {
      throw complaint(
        "not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)",
      );
    }
    for (const text of texts) {
      if (!RULE.test(text))
        throw complaint(`rule ${text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
    }
    const annotations = flags.list("annotation").map((text): [string, string] => {
      const [key = "", value] = text.split(/=(.*)/s);
      if (key === "" || value === undefined) {
        throw complaint(`annotation ${text} is invalid and should be in format key=[value]`);
      }
      return [key, value];
    });
    const [service = "", port = "", ...more] = fallback.split(":");
    if (fallback !== "" && (service === "" || port === "" || more.length > 0)) {
      throw complaint("default-backend should be in format servicename:serviceport");
    }
    const rules = texts.map(ruleOf);
    const tls = tlsOf(rules);
    return {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name, ...(annotations.length > 0 && { annotations: Object.fromEntries(annotations) }) },
      spec: {
        ...(flags.text("class") !== "" && { ingressClassName: flags.text("class") }),
        ...(fallback !== "" && { defaultBackend: backend(service, port) }),
        ...(tls.length > 0 && { tls }),
        ...(rules.length > 0 && { rules: byHost(rules) }),
      },
    };
  },
};
