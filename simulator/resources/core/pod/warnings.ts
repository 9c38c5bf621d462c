import { child, index, key } from "../../../api/meta/field-error.ts";
import { goQuote } from "../../../api/meta/go-text.ts";
import { ipWarnings } from "../../../api/meta/ip.ts";
import { formatQuantity, quantityOf, toMilliCpu } from "../../../api/meta/quantity.ts";
import { isDns1123Label } from "../../../api/meta/validation.ts";
import type { Pod } from "../../../api/refs.ts";
import type {
  Container,
  NodeSelectorTerm,
  ObjectMeta,
  PodAffinity,
  PodSpec,
  PodTemplateSpec,
  Volume,
} from "../../../api/schema/generated/types.ts";
import { containersWithPath } from "./containers.ts";
import { portWarnings } from "./port-warnings.ts";
import { APP_ARMOR_PREFIX, SECCOMP_CONTAINER_PREFIX, SECCOMP_POD_ANNOTATION } from "./validation/annotations.ts";

// Models pkg/registry/core/pod WarningsOnCreate
/** Warnings about a new pod: accepted, but probably not meant. */
export function podWarnings(pod: Pod): readonly string[] {
  const wrong = isDns1123Label(pod.metadata.name);
  const hostname =
    "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended";
  return [
    ...(wrong.length > 0 ? [`${hostname}: [${wrong.join(" ")}]`] : []),
    ...specWarnings(pod.spec, pod.metadata, ""),
  ];
}

/** Warnings about the `template` of a workload, of which `path` is the place, as `spec.template`. */
export function podTemplateWarnings(template: PodTemplateSpec, path: string): readonly string[] {
  const meta = template.metadata ?? {};
  const spec = template.spec ?? { containers: [] };
  return specWarnings(spec, meta, path);
}

// Models pkg/api/pod warningsForPodSpecAndMeta
function specWarnings(spec: PodSpec, meta: ObjectMeta, path: string): readonly string[] {
  const at = (...fields: readonly string[]) => child(path, "spec", ...fields);
  return [
    ...nodeLabelWarnings(spec, at),
    ...annotationWarnings(meta, child(path, "metadata", "annotations")),
    ...(spec.volumes ?? []).flatMap((volume, volumeAt) => volumeWarnings(volume, index(at("volumes"), volumeAt))),
    ...tokenPathWarnings(spec, at("volumes")),
    ...listWarnings(spec, at),
    ...fractionWarnings(spec.overhead, at("overhead")),
    ...profileWarnings(spec, meta, path),
    ...containersWithPath(spec, at()).flatMap(([container, here]) => containerWarnings(container, here)),
    ...portWarnings(spec, at()),
    ...graceWarnings(spec, at("terminationGracePeriodSeconds")),
    ...affinityWarnings(spec.affinity?.podAffinity, at("affinity", "podAffinity")),
    ...affinityWarnings(spec.affinity?.podAntiAffinity, at("affinity", "podAntiAffinity")),
  ];
}

type At = (...fields: readonly string[]) => string;

/** Node labels that others have replaced. Models pkg/api/node GetNodeLabelDeprecatedMessage. */
export const REPLACED_LABELS: Readonly<Record<string, string>> = {
  "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
  "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

function nodeLabelWarnings(spec: PodSpec, at: At): readonly string[] {
  const selector = Object.keys(spec.nodeSelector ?? {}).flatMap((label) =>
    REPLACED_LABELS[label] ? [`${key(at("nodeSelector"), label)}: ${REPLACED_LABELS[label]}`] : [],
  );
  const affinity = spec.affinity?.nodeAffinity;
  const required = "requiredDuringSchedulingIgnoredDuringExecution";
  const preferred = "preferredDuringSchedulingIgnoredDuringExecution";
  const path = at("affinity", "nodeAffinity");
  const termsPath = child(path, required, "nodeSelectorTerms");
  const terms = affinity?.[required]?.nodeSelectorTerms ?? [];
  const preferences = affinity?.[preferred] ?? [];
  const spread = (spec.topologySpreadConstraints ?? []).flatMap(({ topologyKey, labelSelector }, constraintAt) => {
    const here = index(at("topologySpreadConstraints"), constraintAt);
    const replaced = REPLACED_LABELS[topologyKey];
    return [
      ...(replaced ? [`${child(here, "topologyKey")}: ${topologyKey} is ${replaced}`] : []),
      ...(labelSelector ? [] : [nullSelector(here)]),
    ];
  });
  return [
    ...selector,
    ...terms.flatMap((term, termAt) => termWarnings(term, index(termsPath, termAt))),
    ...preferences.flatMap(({ preference }, termAt) =>
      termWarnings(preference ?? {}, child(index(child(path, preferred), termAt), "preference")),
    ),
    ...spread,
  ];
}

/** Replaced node labels in one term of a node affinity. */
export function termWarnings(term: NodeSelectorTerm, path: string): readonly string[] {
  return (term.matchExpressions ?? []).flatMap((expression, at) => {
    const here = child(index(child(path, "matchExpressions"), at), "key");
    const replaced = REPLACED_LABELS[expression.key];
    return replaced ? [`${here}: ${expression.key} is ${replaced}`] : [];
  });
}

function nullSelector(path: string): string {
  return `${child(path, "labelSelector")}: a null labelSelector results in matching no pod`;
}

function affinityWarnings(affinity: PodAffinity | undefined, path: string): readonly string[] {
  const required = "requiredDuringSchedulingIgnoredDuringExecution";
  const preferred = "preferredDuringSchedulingIgnoredDuringExecution";
  return [
    ...(affinity?.[required] ?? []).flatMap((term, at) =>
      term.labelSelector ? [] : [nullSelector(index(child(path, required), at))],
    ),
    ...(affinity?.[preferred] ?? []).flatMap((weighted, at) =>
      weighted.podAffinityTerm?.labelSelector
        ? []
        : [nullSelector(child(index(child(path, preferred), at), "podAffinityTerm"))],
    ),
  ];
}

const DEAD_ANNOTATIONS: Readonly<Record<string, string>> = {
  "scheduler.alpha.kubernetes.io/critical-pod": 'non-functional in v1.16+; use the "priorityClassName" field instead',
  "security.alpha.kubernetes.io/sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
  "security.alpha.kubernetes.io/unsafe-sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
};

function annotationWarnings(meta: ObjectMeta, path: string): readonly string[] {
  return Object.entries(DEAD_ANNOTATIONS).flatMap(([name, text]) =>
    meta.annotations?.[name] === undefined ? [] : [`${key(path, name)}: ${text}`],
  );
}

/** Profiles that are only in annotations: seccomp's do nothing any more. */
function profileWarnings(spec: PodSpec, meta: ObjectMeta, path: string): readonly string[] {
  const annotations = meta.annotations ?? {};
  const at = (name: string) => key(child(path, "metadata", "annotations"), name);
  const dead = 'non-functional in v1.27+; use the "seccompProfile" field instead';
  const pod = spec.securityContext;
  const warnings: string[] = [];
  if (!pod?.seccompProfile && annotations[SECCOMP_POD_ANNOTATION] !== undefined) {
    warnings.push(`${at(SECCOMP_POD_ANNOTATION)}: ${dead}`);
  }
  for (const [{ name, securityContext }] of containersWithPath(spec, "")) {
    const seccomp = `${SECCOMP_CONTAINER_PREFIX}${name}`;
    const appArmor = `${APP_ARMOR_PREFIX}${name}`;
    if (!securityContext?.seccompProfile && annotations[seccomp] !== undefined)
      warnings.push(`${at(seccomp)}: ${dead}`);
    const field = pod?.appArmorProfile ?? securityContext?.appArmorProfile;
    if (!field && annotations[appArmor] !== undefined) {
      warnings.push(`${at(appArmor)}: deprecated since v1.30; use the "appArmorProfile" field instead`);
    }
  }
  return warnings;
}

/** Volume plugins that are gone or going, by field; the second text is the field's name in the warning. */
export const OLD_VOLUMES: readonly (readonly [keyof Volume, string, string])[] = [
  ["photonPersistentDisk", "photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"],
  ["gitRepo", "gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"],
  ["scaleIO", "scaleIO", "deprecated in v1.16, non-functional in v1.22+"],
  ["flocker", "flocker", "deprecated in v1.22, non-functional in v1.25+"],
  ["storageos", "storageOS", "deprecated in v1.22, non-functional in v1.25+"],
  ["quobyte", "quobyte", "deprecated in v1.22, non-functional in v1.25+"],
  ["glusterfs", "glusterfs", "deprecated in v1.25, non-functional in v1.26+"],
  ["cephfs", "cephfs", "deprecated in v1.28, non-functional in v1.31+"],
  ["rbd", "rbd", "deprecated in v1.28, non-functional in v1.31+"],
];

function volumeWarnings(volume: Volume, path: string): readonly string[] {
  const old = OLD_VOLUMES.flatMap(([field, shown, text]) =>
    volume[field] === undefined ? [] : [`${child(path, shown)}: ${text}`],
  );
  const claim = volume.ephemeral?.volumeClaimTemplate?.spec?.resources;
  const claimPath = child(path, "ephemeral", "volumeClaimTemplate", "spec", "resources");
  return [...old, ...fractionWarnings(claim?.requests, child(claimPath, "requests"), ["storage"])];
}

/** Files of a projected volume that lie where a token lies. */
function tokenPathWarnings(spec: PodSpec, path: string): readonly string[] {
  const volumes = spec.volumes ?? [];
  const sourcesOf = (volume: Volume) => volume.projected?.sources ?? [];
  const tokens = new Set(
    volumes.flatMap(sourcesOf).flatMap(({ serviceAccountToken }) => serviceAccountToken?.path ?? []),
  );
  return volumes.flatMap((volume, at) => {
    const sources = child(index(path, at), "projected", "sources");
    const warn = (here: string, file: string | undefined) =>
      file !== undefined && tokens.has(file)
        ? [`${here}: has duplicated path with ServiceAccountToken ${goQuote(file)}`]
        : [];
    return sourcesOf(volume).flatMap(({ configMap, secret, downwardAPI, clusterTrustBundle }) => [
      ...(configMap?.items ?? []).flatMap((item, itemAt) =>
        warn(index(child(sources, "configMap"), itemAt), item.path),
      ),
      ...(secret?.items ?? []).flatMap((item, itemAt) => warn(index(child(sources, "secrets"), itemAt), item.path)),
      ...(downwardAPI?.items ?? []).flatMap((item, itemAt) =>
        warn(index(child(sources, "downwardAPI"), itemAt), item.path),
      ),
      ...warn(child(sources, "ClusterTrustBundle"), clusterTrustBundle?.path),
    ]);
  });
}

/** Lists with entries that are twice there, or say nothing. */
function listWarnings(spec: PodSpec, at: At): readonly string[] {
  const { hostAliases = [], imagePullSecrets = [], dnsConfig } = spec;
  const repeated = (values: readonly string[], path: string, field: string) =>
    values.flatMap((value, place) =>
      values.indexOf(value) < place
        ? [`${child(index(path, place), field)}: duplicate ${field} ${goQuote(value)}`]
        : [],
    );
  const secrets = at("imagePullSecrets");
  const names = imagePullSecrets.map(({ name }) => name ?? "");
  const servers = dnsConfig?.nameservers ?? [];
  return [
    ...repeated(
      hostAliases.map(({ ip }) => ip),
      at("hostAliases"),
      "ip",
    ),
    ...repeated(names, secrets, "name"),
    ...names.flatMap((name, place) =>
      name === "" ? [`${child(index(secrets, place), "name")}: invalid empty name ""`] : [],
    ),
    ...servers.flatMap((server, place) => ipWarnings(index(at("dnsConfig", "nameservers"), place), server)),
    ...hostAliases.flatMap(({ ip }, place) => ipWarnings(child(index(at("hostAliases"), place), "ip"), ip)),
  ];
}

const BYTE_RESOURCES = ["memory", "ephemeral-storage"];

/** A part of a byte, as `100m` of memory, is a slip of the pen. */
export function fractionWarnings(
  list: Readonly<Record<string, string>> | undefined,
  path: string,
  names: readonly string[] = BYTE_RESOURCES,
): readonly string[] {
  return names.flatMap((name) => {
    const text = list?.[name];
    if (text === undefined || toMilliCpu(quantityOf(text)) % 1000 === 0) return [];
    const shown = goQuote(formatQuantity(quantityOf(text)));
    return [`${key(path, name)}: fractional byte value ${shown} is invalid, must be an integer`];
  });
}

function graceWarnings({ terminationGracePeriodSeconds: seconds }: PodSpec, path: string): readonly string[] {
  if (seconds === undefined || seconds >= 0) return [];
  return [`${path}: must be >= 0; negative values are invalid and will be treated as 1`];
}

function containerWarnings(container: Container, path: string): readonly string[] {
  const { limits, requests } = container.resources ?? {};
  const lists = BYTE_RESOURCES.flatMap((name) => [
    ...fractionWarnings(limits, child(path, "resources", "limits"), [name]),
    ...fractionWarnings(requests, child(path, "resources", "requests"), [name]),
  ]);
  return [...lists, ...envWarnings(container, child(path, "env"))];
}

/** A variable given twice is meant only where the second builds on the first. */
function envWarnings({ env = [] }: Container, path: string): readonly string[] {
  const seen = new Set<string>();
  return env.flatMap(({ name, value = "", valueFrom }, at) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    const reference = `$(${name})`;
    const builds = valueFrom === undefined && value !== reference && value.includes(reference);
    if (builds) return [];
    const text = `hides previous definition of ${goQuote(name)}, which may be dropped when using apply`;
    return [`${index(path, at)}: ${text}`];
  });
}
