import { sha256 } from "@noble/hashes/sha2.js";
import type { JsonObject } from "../base/json.ts";
import { compareVersions } from "./custom/versions.ts";
import type { Kind } from "./kind.ts";
import { encodeBase64 } from "./schema/base64.ts";
import type { ApiServerOptions } from "./server.ts";
import type { SubresourceHandler } from "./subresource.ts";
import { storedKind, versionsOf } from "./versions.ts";

/** A group version with what it serves. */
export interface ServedVersion {
  readonly group: string;
  readonly version: string;
  readonly kinds: readonly Kind[];
  readonly subresources: readonly SubresourceHandler[];
}

/** Groups in the order in which the real server lists them (by its aggregator's priorities); others come last. */
const GROUP_ORDER = [
  "",
  "apiregistration.k8s.io",
  "apps",
  "events.k8s.io",
  "authentication.k8s.io",
  "authorization.k8s.io",
  "autoscaling",
  "batch",
  "certificates.k8s.io",
  "networking.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "storage.k8s.io",
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "scheduling.k8s.io",
  "coordination.k8s.io",
  "node.k8s.io",
  "discovery.k8s.io",
  "resource.k8s.io",
  "flowcontrol.apiserver.k8s.io",
];

/** What is served, in the order of discovery. Versions of one group stay in the order of the registry. */
export function servedVersions({
  kinds,
  subresources,
}: Pick<ApiServerOptions, "kinds" | "subresources">): ServedVersion[] {
  const versions = new Map<string, ServedVersion & { readonly kinds: Kind[] }>();
  for (const kind of kinds.all.flatMap(versionsOf)) {
    const { group, version } = kind.ref;
    const known = versions.get(`${group}/${version}`);
    if (known === undefined)
      versions.set(`${group}/${version}`, { group, version, kinds: [kind], subresources: subresources.all });
    else known.kinds.push(kind);
  }
  return [...versions.values()].sort((a, b) => place(a.group) - place(b.group) || compareCustom(a, b));
}

function place(group: string): number {
  const index = GROUP_ORDER.indexOf(group);
  return index < 0 ? GROUP_ORDER.length : index;
}

/** The versions of a group whose kinds are all defined by objects: stable and newer ones first. */
function compareCustom(a: ServedVersion, b: ServedVersion): number {
  const areCustom = [a, b].every(({ kinds }) => kinds.every(({ custom }) => custom !== undefined));
  return areCustom && a.group === b.group ? compareVersions(a.version, b.version) : 0;
}

/** One resource as discovery describes it: the old list's entry, those of its subresources, and the aggregated form. */
export interface ResourceDescription {
  readonly main: JsonObject;
  readonly parts: readonly JsonObject[];
  readonly aggregated: JsonObject;
}

/** The resources of a group version, by name. */
export function resourceLists(served: ServedVersion): ResourceDescription[] {
  const ordered = [...served.kinds].sort((a, b) => (a.ref.plural < b.ref.plural ? -1 : 1));
  return ordered.map((kind) => describe(kind, partsOf(kind, served.subresources)));
}

const ALL_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
/** The same, in the order in which custom resources list them. */
const CUSTOM_VERBS = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
const STATUS_VERBS = ["get", "patch", "update"];

export function verbsOf({ withoutVerbs = [], answer, custom }: Kind): string[] {
  if (answer !== undefined) return ["create"];
  return (custom === undefined ? ALL_VERBS : CUSTOM_VERBS).filter((verb) => !withoutVerbs.includes(verb));
}

/** A subresource of a resource: its name, its own kind, and what it takes. */
export interface Part {
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

/** Subresources whose objects belong to another group than their resource. */
const FOREIGN_KINDS: { readonly [kind: string]: { readonly group: string; readonly version: string } } = {
  Eviction: { group: "policy", version: "v1" },
  Scale: { group: "autoscaling", version: "v1" },
  TokenRequest: { group: "authentication.k8s.io", version: "v1" },
};

/** The subresources of a kind, by name. */
export function partsOf(kind: Kind, subresources: readonly SubresourceHandler[]): Part[] {
  const { group, version } = kind.ref;
  const parts: Part[] = subresources
    .filter(({ resource }) => resource === storedKind(kind).ref.id)
    .map((one) => ({
      name: one.name,
      ...(FOREIGN_KINDS[one.kind] ?? { group, version }),
      kind: one.kind,
      verbs: handledVerbs(one),
    }));
  if (kind.subresources?.status) {
    parts.push({ name: "status", group, version, kind: kind.ref.kind, verbs: STATUS_VERBS });
  }
  return parts.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function handledVerbs({ GET, POST, PUT, PATCH, DELETE }: SubresourceHandler): string[] {
  const verbs = { create: POST, delete: DELETE, get: GET, patch: PATCH, update: PUT };
  return Object.entries(verbs).flatMap(([verb, handler]) => (handler === undefined ? [] : [verb]));
}

function describe(kind: Kind, parts: readonly Part[]): ResourceDescription {
  const { ref, singular, namespaced, shortNames, categories } = kind;
  const names = { ...(shortNames && { shortNames }), ...(categories && { categories }) };
  const isForeign = (part: Part) => part.group !== ref.group || part.version !== ref.version;
  // Only of custom resources, their own group and version are named.
  const { group, version } = kind.custom === undefined ? { group: "", version: "" } : ref;
  return {
    main: {
      name: ref.plural,
      singularName: singular,
      namespaced,
      kind: ref.kind,
      verbs: verbsOf(kind),
      ...names,
      ...(kind.answer === undefined && kind.compute === undefined && { storageVersionHash: storageVersionHash(kind) }),
    },
    parts: parts.map((part) => ({
      name: `${ref.plural}/${part.name}`,
      singularName: "",
      namespaced,
      ...(isForeign(part) && { group: part.group, version: part.version }),
      kind: part.kind,
      verbs: part.verbs,
    })),
    aggregated: {
      resource: ref.plural,
      responseKind: { group, version, kind: ref.kind },
      scope: namespaced ? "Namespaced" : "Cluster",
      singularResource: singular,
      verbs: verbsOf(kind),
      ...names,
      ...(parts.length > 0 && {
        subresources: parts.map((part) => ({
          subresource: part.name,
          responseKind: {
            group: isForeign(part) ? part.group : group,
            version: isForeign(part) ? part.version : version,
            kind: part.kind,
          },
          verbs: part.verbs,
        })),
      }),
    },
  };
}

/** Kinds that etcd holds as another group version than they are asked for in. */
const STORED_AS: { readonly [served: string]: string } = {
  "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy":
    "admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicy",
  "admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding":
    "admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicyBinding",
  "apiextensions.k8s.io/v1/CustomResourceDefinition": "apiextensions.k8s.io/v1beta1/CustomResourceDefinition",
  "events.k8s.io/v1/Event": "/v1/Event",
  "autoscaling/v1/HorizontalPodAutoscaler": "autoscaling/v2/HorizontalPodAutoscaler",
};

/** Models apiserver pkg/endpoints/discovery StorageVersionHash. */
function storageVersionHash({ ref }: Kind): string {
  const served = `${ref.group}/${ref.version}/${ref.kind}`;
  const bytes = Uint8Array.from(STORED_AS[served] ?? served, (char) => char.charCodeAt(0));
  return encodeBase64(sha256(bytes).slice(0, 8));
}
