import { isObject, type JsonObject } from "../../base/json.ts";
import { announcer } from "../change/announce.ts";
import { failWith, forEachOf } from "../change/failures.ts";
import { DRY_RUN, dryRunOf, fieldManager, SAVE_CONFIG } from "../change/flags.ts";
import { savedConfig } from "../change/last-applied.ts";
import { at, listOf, metadataOf, partOf, withMetadata } from "../change/object.ts";
import { OVERRIDE_FLAGS, overridden } from "../change/overrides.ts";
import { podSpecOf } from "../change/pod-template.ts";
import { RECORD, recorded } from "../change/record.ts";
import { typedForm, typeOf } from "../change/typed.ts";
import { create } from "../change/write.ts";
import { build, type Info } from "../cli/builder.ts";
import { type Call, type Command, complaint } from "../cli/command.ts";
import { Discovery } from "../cli/discovery.ts";
import { FILE_FLAGS } from "../cli/select-flags.ts";
import { PRINT_FLAGS } from "../print/printer.ts";
import { known } from "./create/generator.ts";
import { labelPairs, type ServiceWish, serviceFor } from "./service-wish.ts";

const text = (name: string, usage: string) => ({ name, type: "string", default: "", usage }) as const;
const MAX_NAME = 63;
const EXPOSABLE = ["/ReplicationController", "/Service", "/Pod", "apps/Deployment", "apps/ReplicaSet"];

/** `kubectl expose`. Models kubectl pkg/cmd/expose. */
export const expose: Command = {
  name: "expose",
  use: "(-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type] [options]",
  short: "Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service",
  flags: [
    RECORD,
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    ...OVERRIDE_FLAGS,
    DRY_RUN,
    SAVE_CONFIG,
    fieldManager("kubectl-expose"),
    text("cluster-ip", "The service's address; 'None' for a headless service."),
    text("external-ip", "An address from outside that it takes."),
    { ...text("labels", "Labels of the service."), short: "l" },
    text("load-balancer-ip", "The load balancer's address."),
    text("name", "The service's name."),
    text("port", "The port that the service serves."),
    text("protocol", "The protocol: TCP, UDP or SCTP."),
    text("selector", "Labels of the pods; those of the object otherwise."),
    text("session-affinity", "'None' or 'ClientIP'."),
    text("target-port", "Name or number of the containers' port."),
    text("type", "ClusterIP, NodePort, LoadBalancer or ExternalName."),
  ],
  run: runExpose,
};

async function runExpose(call: Call): Promise<undefined> {
  const { flags, words, client } = call;
  const say = await announcer(call);
  const { infos, problems } = await build(call, new Discovery(client), {
    words,
    filenames: flags.list("filename"),
    kustomize: flags.text("kustomize"),
    recursive: flags.on("recursive"),
    latest: true,
    typed: true,
  });
  const mapping = known("v1", "Service", "services");
  const failed = await forEachOf(infos, async (info) => {
    const made = recorded(call, overridden(call, typedForm(mapping, exposed(call, info))));
    const object = client.namespaceGiven ? withMetadata(made, { namespace: client.namespace }) : made;
    if (dryRunOf(flags) === "client") return say.sayTyped(object, "exposed");
    const kept = flags.on("save-config") ? savedConfig(made, `${JSON.stringify(made)}\n`) : made;
    say.sayTyped(await create(call, mapping, client.namespace, typedForm(typeOf(kept), kept)), "exposed");
  });
  failWith(failed, problems);
  return undefined;
}

/** The service that stands before an object. */
function exposed({ flags }: Call, info: Info): JsonObject {
  const { mapping, name, object = {} } = info;
  if (!EXPOSABLE.includes(`${mapping.group}/${mapping.kind}`)) {
    throw complaint(`cannot expose a ${mapping.kind}`);
  }
  const selector = flags.text("selector") === "" ? selectorOf(info) : labelPairs(flags.text("selector"));
  const isHeadless = flags.text("cluster-ip") === "None";
  const ports = flags.text("port") === "" ? portsOf(info) : [];
  if (flags.text("port") === "" && ports.length === 0 && !isHeadless) {
    throw complaint("couldn't find port via --port flag or introspection");
  }
  const labels = metadataOf(object).labels;
  const wish: ServiceWish = {
    name: flags.text("name") || name.slice(0, MAX_NAME),
    labels: flags.text("labels") === "" ? (isObject(labels) ? labels : {}) : labelPairs(flags.text("labels")),
    selector,
    ports: flags.text("port") === "" ? ports.map(({ port }) => String(port)) : flags.text("port").split(","),
    protocols: new Map(portsOf(info).map(({ port, protocol }) => [String(port), protocol])),
    protocol: flags.text("protocol"),
    targetPort: flags.text("target-port"),
    type: flags.text("type"),
    clusterIp: flags.text("cluster-ip"),
    externalIp: flags.text("external-ip"),
    loadBalancerIp: flags.text("load-balancer-ip"),
    sessionAffinity: flags.text("session-affinity"),
  };
  return serviceFor(wish);
}

// Models kubectl pkg/polymorphichelpers mapbasedselectorforobject.go
function selectorOf({ mapping, object = {} }: Info): JsonObject {
  const missing = (what: string) =>
    complaint(`couldn't retrieve selectors via --selector flag or introspection: ${what}`);
  if (mapping.kind === "Pod") {
    const labels = partOf(object, "metadata", "labels");
    if (Object.keys(labels).length === 0) {
      throw missing("the pod has no labels and cannot be exposed");
    }
    return labels;
  }
  if (mapping.kind === "Service" || mapping.kind === "ReplicationController") {
    const selector = partOf(object, "spec", "selector");
    if (mapping.kind === "Service" && Object.keys(selector).length === 0) {
      throw missing("the service has no pod selector set");
    }
    return selector;
  }
  if (listOf(object, "spec", "selector", "matchExpressions").length > 0) {
    const { matchExpressions = [] } = partOf(object, "spec", "selector");
    throw missing(`couldn't convert expressions - "${JSON.stringify(matchExpressions)}" to map-based selector format`);
  }
  return partOf(object, "spec", "selector", "matchLabels");
}

// Models kubectl pkg/polymorphichelpers portsforobject.go
function portsOf({ mapping, object = {} }: Info): readonly { readonly port: unknown; readonly protocol: string }[] {
  if (mapping.kind === "Service") {
    return listOf(object, "spec", "ports").map((each) => ({
      port: each.port,
      protocol: String(each.protocol ?? "TCP"),
    }));
  }
  const containers = listOf(podSpecOf(mapping, object) ?? {}, "containers");
  return containers.flatMap((container) =>
    listOf(container, "ports").map((each) => ({
      port: at(each, "containerPort"),
      protocol: String(each.protocol ?? "TCP"),
    })),
  );
}
