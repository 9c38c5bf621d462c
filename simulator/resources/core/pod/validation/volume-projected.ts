import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  notSupported,
  required,
} from "../../../../api/meta/field-error.ts";
import { validateLabelSelector } from "../../../../api/meta/label-validation.ts";
import { nameIsDnsSubdomain } from "../../../../api/meta/validation.ts";
import type {
  ClusterTrustBundleProjection,
  ConfigMapProjection,
  DownwardAPIProjection,
  PodCertificateProjection,
  ProjectedVolumeSource,
  ServiceAccountTokenProjection,
} from "../../../../api/schema/generated/types.ts";
import { validateFileMode, validateLocalNonReservedPath } from "./formats.ts";
import { internalForm } from "./internal-form.ts";
import { validateDownwardFile, validateKeyToPath } from "./volume-files.ts";

/** Paths that sources of one volume have taken. */
class TakenPaths {
  readonly #paths = new Set<string>();
  readonly #volumePath: string;

  constructor(volumePath: string) {
    this.#volumePath = volumePath;
  }

  /** An error when the path is taken already; `shown` is what the error prints. */
  take(path: string, shown: string): readonly FieldError[] {
    if (this.#paths.has(path)) return [invalid(this.#volumePath, shown, "conflicting duplicate paths")];
    this.#paths.add(path);
    return [];
  }
}

// Models pkg/apis/core/validation validateProjectedVolumeSource
/** A volume with files from several sources. */
export function validateProjected(volume: ProjectedVolumeSource, path: string): readonly FieldError[] {
  const taken = new TakenPaths(path);
  const errors = [...validateFileMode(volume.defaultMode, child(path, "defaultMode"))];
  for (const [at, source] of (volume.sources ?? []).entries()) {
    const here = index(child(path, "sources"), at);
    const { secret, configMap, downwardAPI, serviceAccountToken, clusterTrustBundle, podCertificate } = source;
    if (secret) errors.push(...validateItems(secret, taken, child(here, "secret")));
    if (configMap) errors.push(...validateItems(configMap, taken, child(here, "configMap")));
    if (downwardAPI) errors.push(...validateDownward(downwardAPI, taken, child(here, "downwardAPI")));
    if (serviceAccountToken) {
      errors.push(...validateToken(serviceAccountToken, child(here, "serviceAccountToken"), child(path, "path")));
    }
    if (clusterTrustBundle) {
      errors.push(...validateTrustBundle(clusterTrustBundle, taken, child(here, "clusterTrustBundle")));
    }
    if (podCertificate) errors.push(...validatePodCertificate(podCertificate, taken, child(here, "podCertificate")));
    const given = Object.values(source).filter((value) => value !== undefined).length;
    if (given > 1) errors.push(forbidden(here, "may not specify more than 1 volume type per source"));
  }
  return errors;
}

function validateItems(source: ConfigMapProjection, taken: TakenPaths, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (!source.name) errors.push(required(child(path, "name")));
  for (const [at, item] of (source.items ?? []).entries()) {
    errors.push(...validateKeyToPath(item, index(child(path, "items"), at)));
    if (item.path) errors.push(...taken.take(item.path, source.name ?? ""));
  }
  return errors;
}

function validateDownward(source: DownwardAPIProjection, taken: TakenPaths, path: string): readonly FieldError[] {
  return (source.items ?? []).flatMap((file) => [
    ...validateDownwardFile(file, path),
    ...(file.path ? taken.take(file.path, file.path) : []),
  ]);
}

const MIN_TOKEN_SECONDS = 10 * 60;
const MAX_TOKEN_SECONDS = 2 ** 32;

/** `filePath`: where upstream reports the token's file, beside the sources. */
function validateToken(source: ServiceAccountTokenProjection, path: string, filePath: string): readonly FieldError[] {
  const seconds = source.expirationSeconds ?? 0;
  const secondsPath = child(path, "expirationSeconds");
  const errors: FieldError[] = [];
  if (seconds < MIN_TOKEN_SECONDS) {
    errors.push(invalid(secondsPath, seconds, "may not specify a duration less than 10 minutes"));
  }
  if (seconds > MAX_TOKEN_SECONDS) {
    errors.push(invalid(secondsPath, seconds, "may not specify a duration larger than 2^32 seconds"));
  }
  return [...errors, ...(source.path ? validateLocalNonReservedPath(source.path, filePath) : [required(filePath)])];
}

function validateTrustBundle(
  source: ClusterTrustBundleProjection,
  taken: TakenPaths,
  path: string,
): readonly FieldError[] {
  const { name, signerName, labelSelector, path: file = "" } = source;
  const errors: FieldError[] = [];
  if (name !== undefined && signerName !== undefined) {
    const shown = internalForm("ClusterTrustBundleProjection", source);
    errors.push(invalid(path, shown, "only one of name and signerName may be used"));
  } else if (name !== undefined) {
    const namePath = child(path, "name");
    if (name === "") errors.push(required(namePath, "must be a valid object name"));
    // A bundle of a signer has the signer's name in front, up to the last colon.
    const wrong = nameIsDnsSubdomain(name.slice(name.lastIndexOf(":") + 1), false);
    errors.push(...wrong.map((text) => invalid(namePath, name, `not a valid clustertrustbundlename: ${text}`)));
    if (labelSelector) {
      const text = "labelSelector must be unset if name is specified";
      errors.push(invalid(child(path, "labelSelector"), labelSelector, text));
    }
  } else if (signerName !== undefined) {
    const signerPath = child(path, "signerName");
    if (signerName === "") errors.push(required(signerPath, "must be a valid signer name"));
    errors.push(...validateSignerName(signerName, signerPath));
    errors.push(...validateLabelSelector(labelSelector, child(path, "labelSelector")));
  } else {
    errors.push(required(path, "either name or signerName must be specified"));
  }
  const filePath = child(path, "path");
  if (file === "") errors.push(required(filePath));
  return [...errors, ...validateLocalNonReservedPath(file, filePath), ...taken.take(file, file)];
}

// Models pkg/apis/core/validation ValidateSignerName
/** A certificate signer: `example.com/name`. */
function validateSignerName(name: string, path: string): readonly FieldError[] {
  if (name === "") return [required(path)];
  const [domain = "", rest, surplus] = name.split("/");
  if (rest === undefined || surplus !== undefined) {
    return [invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")];
  }
  const errors: FieldError[] = nameIsDnsSubdomain(domain, false).map((text) =>
    invalid(path, domain, `validating label ${JSON.stringify(domain)}: ${text}`),
  );
  if (!domain.includes("."))
    errors.push(invalid(path, name, "should be a domain with at least two segments separated by dots"));
  errors.push(
    ...nameIsDnsSubdomain(rest, false).map((text) =>
      invalid(path, rest, `validating label ${JSON.stringify(rest)}: ${text}`),
    ),
  );
  return errors;
}

const KEY_TYPES = ["RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519"];
const DAY_SECONDS = 24 * 3600;
const MIN_CERTIFICATE_SECONDS = 3600;
const CERTIFICATE_PATHS = ["credentialBundlePath", "keyPath", "certificateChainPath"] as const;

function validatePodCertificate(
  source: PodCertificateProjection,
  taken: TakenPaths,
  path: string,
): readonly FieldError[] {
  const errors = [...validateSignerName(source.signerName ?? "", child(path, "signerName"))];
  if (!KEY_TYPES.includes(source.keyType)) {
    errors.push(notSupported(child(path, "keyType"), source.keyType ?? "", KEY_TYPES));
  }
  const seconds = source.maxExpirationSeconds;
  const secondsPath = child(path, "maxExpirationSeconds");
  const max = source.signerName?.startsWith("kubernetes.io/") ? DAY_SECONDS : 91 * DAY_SECONDS;
  if (seconds !== undefined && seconds < MIN_CERTIFICATE_SECONDS) {
    errors.push(invalid(secondsPath, seconds, "if provided, maxExpirationSeconds must be >= 3600"));
  }
  if (seconds !== undefined && seconds > max) {
    errors.push(invalid(secondsPath, seconds, `if provided, maxExpirationSeconds must be <= ${max}`));
  }
  for (const field of CERTIFICATE_PATHS) {
    const file = source[field];
    if (file) errors.push(...validateLocalNonReservedPath(file, child(path, field)), ...taken.take(file, file));
  }
  if (CERTIFICATE_PATHS.every((field) => !source[field])) {
    const text = "specify at least one of credentialBundlePath, keyPath, and certificateChainPath";
    errors.push(required(path, text));
  }
  return errors;
}
