import { LOOPBACK, serviceAccountGroups, serviceAccountUser, type User } from "../../authentication/user.ts";
import type { Kind } from "../../kind.ts";
import type { KubeObject } from "../../object.ts";
import type { ResourceRef } from "../../refs.ts";
import { fromStored, storedKind, versionsOf } from "../../versions.ts";
import type { AdmissionRequest } from "../plugin.ts";

/** Groups, versions and names of a resource and its kind, as a rule matches them. */
export type Names = Pick<ResourceRef<KubeObject>, "group" | "version" | "plural" | "kind">;

/** A request as policies and webhooks see it. Models apiserver pkg/admission Attributes. */
export interface AdmissionAttributes {
  readonly operation: "CREATE" | "UPDATE" | "DELETE" | "CONNECT";
  /** What was asked for. */
  readonly asked: Names;
  /** Other versions in which the same resource is served. */
  readonly equivalents: readonly Names[];
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly user: User;
  readonly dryRun: boolean;
  readonly object: KubeObject | undefined;
  readonly old: KubeObject | undefined;
  /** The objects in a version that was asked for or is an equivalent; undefined where there is none. */
  readonly inVersion: (names: Names) => {
    readonly object: KubeObject | undefined;
    readonly old: KubeObject | undefined;
  };
  readonly request: AdmissionRequest;
}

const SCALE: Names = { group: "autoscaling", version: "v1", plural: "", kind: "Scale" };

/** Reads a request once for all policies. */
export function attributesOf(request: AdmissionRequest): AdmissionAttributes {
  if (request.verb === "connect") return connection(request);
  const { verb, kind, object, old, subresource, writer } = request;
  const given = verb === "delete" ? undefined : object;
  const before = verb === "create" ? undefined : old;
  const isAbout = writer.requestKind !== undefined && storedKind(writer.requestKind).ref.id === kind.ref.id;
  const requested = isAbout ? (writer.requestKind ?? kind) : kind;
  const versions = subresource === "scale" ? [] : versionsOf(storedKind(requested));
  const asked = subresource === "scale" ? { ...SCALE, ...scaled(requested) } : requested.ref;
  const { metadata } = object;
  return {
    operation: verb === "create" ? "CREATE" : verb === "update" ? "UPDATE" : "DELETE",
    asked,
    equivalents: versions
      .map(({ ref }) => ref)
      .filter((ref) => ref.version !== asked.version || ref.group !== asked.group),
    subresource,
    // A namespace is in itself, as upstream's requests for one are.
    namespace: kind.ref.id === "namespaces" ? metadata.name : (metadata.namespace ?? ""),
    name: metadata.name,
    user: userOf(request),
    dryRun: writer.dryRun === true,
    object: given,
    old: before,
    inVersion: (names) => {
      const version = versions.find(({ ref }) => ref.group === names.group && ref.version === names.version);
      const show = (one: KubeObject | undefined) => one && shown(one, version ?? requested, subresource);
      return { object: show(given), old: show(before) };
    },
    request,
  };
}

/** A connection's object is its options, which have no metadata. */
function connection(request: AdmissionRequest): AdmissionAttributes {
  const { kind, object, subresource } = request;
  const { metadata, ...options } = object;
  const shown = options as KubeObject;
  return {
    operation: "CONNECT",
    asked: { ...scaled(kind), kind: object.kind ?? "" },
    equivalents: [],
    subresource,
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    user: userOf(request),
    dryRun: false,
    object,
    old: undefined,
    inVersion: () => ({ object: shown, old: undefined }),
    request,
  };
}

function scaled({ ref }: Kind) {
  return { group: ref.group, version: ref.version, plural: ref.plural };
}

function shown(object: KubeObject, kind: Kind, subresource: string): KubeObject {
  const scale = kind.subresources?.scale;
  if (subresource !== "scale" || scale === undefined) return fromStored(kind, object);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const view = {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: scale.replicas(object) },
    status: { replicas: scale.statusReplicas(object), selector: scale.selector(object) },
  };
  return view as KubeObject;
}

/** Who asks. The cluster's own parts are whom they would be on a real cluster. */
function userOf({ writer }: AdmissionRequest): User {
  if (writer.identity !== undefined) return writer.identity;
  if (!writer.trusted) return LOOPBACK;
  const [component = "", node] = writer.user.split("/");
  if (component === "kubelet" && node !== undefined) {
    return { name: `system:node:${node}`, groups: ["system:nodes", "system:authenticated"] };
  }
  if (component.startsWith("kube-")) return { name: `system:${component}`, groups: ["system:authenticated"] };
  const groups = [...serviceAccountGroups("kube-system"), "system:authenticated"];
  return { name: serviceAccountUser("kube-system", component), groups };
}
