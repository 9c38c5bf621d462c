import { child, type FieldError, forbidden, invalid, required } from "../../../api/meta/field-error.ts";
import { byteLength } from "../../../api/meta/go-text.ts";
import { nameIsDnsLabel } from "../../../api/meta/validation.ts";
import type { PersistentVolume } from "../../../api/refs.ts";
import type { PersistentVolumeSpec } from "../../../api/schema/generated/types.ts";
import { validateDnsLabel, validateDnsSubdomain, validatePathNoBacksteps } from "../pod/validation/formats.ts";
import { validateHostPath } from "../pod/validation/volume-files.ts";
import { NETWORK_SOURCES, validateCsiDriverName } from "../pod/validation/volume-network.ts";

// What a PersistentVolume stands for. Models pkg/apis/core/validation ValidatePersistentVolumeSpec.

type Source<Field extends keyof PersistentVolumeSpec> = NonNullable<PersistentVolumeSpec[Field]>;
type Rule = (spec: PersistentVolumeSpec, path: string, name: string) => readonly FieldError[];

interface SecretReference {
  readonly name?: string;
  readonly namespace?: string;
}

/** Both names are given, and no more is asked of them. */
function validateSecretNames(ref: SecretReference | undefined, path: string): readonly FieldError[] {
  if (ref === undefined) return [];
  return (["name", "namespace"] as const).flatMap((field) => (ref[field] ? [] : [required(child(path, field))]));
}

function validateSecretReference(ref: SecretReference | undefined, path: string): readonly FieldError[] {
  if (ref === undefined) return [];
  const namePath = child(path, "name");
  const namespacePath = child(path, "namespace");
  return [
    ...(ref.name ? validateDnsSubdomain(ref.name, namePath) : [required(namePath)]),
    ...(ref.namespace ? validateDnsLabel(ref.namespace, namespacePath) : [required(namespacePath)]),
  ];
}

function validateGlusterfs(source: Source<"glusterfs">, path: string): readonly FieldError[] {
  const errors = [...NETWORK_SOURCES.glusterfs(source, path)];
  const { endpointsNamespace: namespace } = source;
  if (namespace === undefined) return errors;
  const here = child(path, "endpointsNamespace");
  const unnamed = "if the endpointnamespace is set, it must be a valid namespace name";
  if (namespace === "") return [...errors, invalid(here, namespace, unnamed)];
  return [...errors, ...nameIsDnsLabel(namespace, false).map((text) => invalid(here, namespace, text))];
}

function validateIscsi(source: Source<"iscsi">, path: string, name: string): readonly FieldError[] {
  const { secretRef, initiatorName, targetPortal = "" } = source;
  const errors = [...NETWORK_SOURCES.iscsi(source as never, path)];
  if (secretRef && !secretRef.name) errors.push(required(child(path, "secretRef", "name")));
  if (initiatorName !== undefined && byteLength(`${name}:${targetPortal}`) > 64) {
    const text =
      "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.";
    errors.push(invalid(child(path, "targetportal"), targetPortal, text));
  }
  return errors;
}

function validateStorageOs(source: Source<"storageos">, path: string): readonly FieldError[] {
  const { secretRef, ...rest } = source;
  return [...NETWORK_SOURCES.storageos(rest, path), ...validateSecretNames(secretRef, child(path, "secretRef"))];
}

function validateAzureFile(source: Source<"azureFile">, path: string): readonly FieldError[] {
  const unnamed = source.secretNamespace === "" ? [required(child(path, "secretNamespace"))] : [];
  return [...NETWORK_SOURCES.azureFile(source, path), ...unnamed];
}

function validateCsi(source: Source<"csi">, path: string): readonly FieldError[] {
  const refs = [
    "controllerPublishSecretRef",
    "controllerExpandSecretRef",
    "nodePublishSecretRef",
    "nodeExpandSecretRef",
  ];
  return [
    ...validateCsiDriverName(source.driver ?? "", child(path, "driver")),
    ...(source.volumeHandle ? [] : [required(child(path, "volumeHandle"))]),
    ...refs.flatMap((field) => validateSecretReference(source[field as "nodePublishSecretRef"], child(path, field))),
  ];
}

function validateLocal(source: Source<"local">, path: string): readonly FieldError[] {
  const here = child(path, "path");
  return source.path ? validatePathNoBacksteps(source.path, here) : [required(here)];
}

function rule<Field extends keyof PersistentVolumeSpec>(
  field: Field,
  validate: (source: Source<Field>, path: string, name: string) => readonly FieldError[],
  pathName: string = field,
): readonly [Field, Rule] {
  return [field, (spec, path, name) => validate(spec[field] as Source<Field>, child(path, pathName), name)];
}

/** All sources in the order in which upstream looks for them: the first one given counts. */
const SOURCES: readonly (readonly [keyof PersistentVolumeSpec, Rule])[] = [
  rule("hostPath", validateHostPath),
  rule("gcePersistentDisk", NETWORK_SOURCES.gcePersistentDisk, "persistentDisk"),
  rule("awsElasticBlockStore", NETWORK_SOURCES.awsElasticBlockStore),
  rule("glusterfs", validateGlusterfs),
  rule("flocker", NETWORK_SOURCES.flocker),
  rule("nfs", NETWORK_SOURCES.nfs),
  rule("rbd", NETWORK_SOURCES.rbd),
  rule("quobyte", NETWORK_SOURCES.quobyte),
  rule("cephfs", NETWORK_SOURCES.cephfs),
  rule("iscsi", validateIscsi),
  rule("cinder", (source, path) => [
    ...NETWORK_SOURCES.cinder({ volumeID: source.volumeID }, path),
    ...validateSecretNames(source.secretRef, child(path, "secretRef")),
  ]),
  rule("fc", NETWORK_SOURCES.fc),
  rule("flexVolume", (source, path) => NETWORK_SOURCES.flexVolume(source as never, path)),
  rule("azureFile", validateAzureFile),
  rule("vsphereVolume", NETWORK_SOURCES.vsphereVolume),
  rule("photonPersistentDisk", NETWORK_SOURCES.photonPersistentDisk),
  rule("portworxVolume", NETWORK_SOURCES.portworxVolume),
  rule("azureDisk", NETWORK_SOURCES.azureDisk),
  rule("scaleIO", NETWORK_SOURCES.scaleIO),
  rule("local", validateLocal),
  rule("storageos", validateStorageOs),
  rule("csi", validateCsi),
];
const SURPLUS_PATHS: Readonly<Record<string, string>> = { cephfs: "cephFS" };

/** The part of a volume's spec that says what it is. */
export function sourceOf(spec: PersistentVolumeSpec): PersistentVolumeSpec {
  return Object.fromEntries(SOURCES.map(([field]) => [field, spec[field]])) as PersistentVolumeSpec;
}

/** One source, and that a valid one. */
export function validateVolumeSource({ metadata, spec }: PersistentVolume): readonly FieldError[] {
  const given = SOURCES.filter(([field]) => spec[field] !== undefined);
  if (given.length === 0) return [required("spec", "must specify a volume type")];
  const errors: FieldError[] = [];
  for (const [at, [field, validate]] of given.entries()) {
    // Upstream does not count what comes before a flexVolume.
    if (at === 0 || field === "flexVolume") errors.push(...validate(spec, "spec", metadata.name));
    else {
      const path = child("spec", SURPLUS_PATHS[field] ?? field);
      errors.push(forbidden(path, "may not specify more than 1 volume type"));
    }
    if (field === "local" && at === 0 && !spec.nodeAffinity) {
      errors.push(required("spec.nodeAffinity", "Local volume requires node affinity"));
    }
  }
  return errors;
}
