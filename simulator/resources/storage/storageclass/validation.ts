import {
  child,
  duplicate,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
  tooLong,
} from "../../../api/meta/field-error.ts";
import { byteLength, sortedMap } from "../../../api/meta/go-text.ts";
import { validateLabelName } from "../../../api/meta/label-validation.ts";
import { validateImmutable } from "../../../api/meta/object-meta.ts";
import { isQualifiedName } from "../../../api/meta/validation.ts";
import type { StorageClass } from "../../../api/refs.ts";
import type { TopologySelectorTerm } from "../../../api/schema/generated/types.ts";
import { canonicalJson } from "../../../base/json.ts";

const RECLAIM_POLICIES = ["Delete", "Retain"];
const BINDING_MODES = ["Immediate", "WaitForFirstConsumer"];
const MAX_PARAMETERS = 512;
const MAX_PARAMETER_BYTES = 256 * 1024;

// Models pkg/apis/storage/validation ValidateStorageClass
export function validateStorageClass(object: StorageClass): readonly FieldError[] {
  const { provisioner = "", parameters = {}, reclaimPolicy = "", volumeBindingMode: mode } = object;
  const lower = provisioner.toLowerCase();
  const errors =
    provisioner === ""
      ? [required("provisioner")]
      : isQualifiedName(lower).map((text) => invalid("provisioner", lower, text));
  errors.push(...validateParameters(parameters));
  if (reclaimPolicy !== "" && !RECLAIM_POLICIES.includes(reclaimPolicy)) {
    errors.push(notSupported("reclaimPolicy", reclaimPolicy, RECLAIM_POLICIES));
  }
  if (mode === undefined) errors.push(required("volumeBindingMode"));
  else if (!BINDING_MODES.includes(mode)) errors.push(notSupported("volumeBindingMode", mode, BINDING_MODES));
  return [...errors, ...validateTopologies(object.allowedTopologies ?? [])];
}

function validateParameters(parameters: Readonly<Record<string, string>>): readonly FieldError[] {
  const path = "parameters";
  const entries = Object.entries(parameters);
  if (entries.length > MAX_PARAMETERS) return [tooLong(path, MAX_PARAMETERS)];
  const bytes = entries.reduce((sum, [name, value]) => sum + byteLength(name) + byteLength(value), 0);
  return [
    ...("" in parameters ? [invalid(path, "", "field can not be empty.")] : []),
    ...(bytes > MAX_PARAMETER_BYTES ? [tooLong(path, MAX_PARAMETER_BYTES)] : []),
  ];
}

function validateTopologies(terms: readonly TopologySelectorTerm[]): readonly FieldError[] {
  const seen = new Set<string>();
  return terms.flatMap((term, at) => {
    const path = child(index("allowedTopologies", at), "matchLabelExpressions");
    const expressions = term.matchLabelExpressions ?? [];
    const form = canonicalJson(
      Object.fromEntries(expressions.map(({ key, values }) => [key, [...(values ?? [])].sort()])),
    );
    const repeated = seen.has(form) ? [duplicate(path, "")] : [];
    seen.add(form);
    return [...validateTerm(term, path), ...repeated];
  });
}

// Models pkg/apis/core/validation ValidateTopologySelectorTerm
function validateTerm({ matchLabelExpressions = [] }: TopologySelectorTerm, path: string): readonly FieldError[] {
  return matchLabelExpressions.flatMap(({ key = "", values = [] }, at) => {
    const here = index(path, at);
    const valuesPath = child(here, "values");
    const repeatedKey = matchLabelExpressions.slice(0, at).some((other) => other.key === key);
    return [
      ...(values.length === 0 ? [required(valuesPath)] : []),
      ...values.flatMap((value, valueAt) =>
        values.indexOf(value) < valueAt ? [duplicate(index(valuesPath, valueAt), value)] : [],
      ),
      ...validateLabelName(key, child(here, "key")),
      ...(repeatedKey ? [duplicate(child(here, "key"), key)] : []),
    ];
  });
}

// Models pkg/apis/storage/validation ValidateStorageClassUpdate
export function validateStorageClassUpdate(object: StorageClass, old: StorageClass): readonly FieldError[] {
  const { parameters } = object;
  const printed = parameters === undefined ? null : sortedMap(parameters);
  const same = (field: "provisioner" | "reclaimPolicy" | "volumeBindingMode") =>
    validateImmutable(object[field], old[field], field, object[field] ?? null);
  return [
    ...validateStorageClass(object),
    ...validateImmutable(parameters ?? {}, old.parameters ?? {}, "parameters", printed),
    ...same("provisioner"),
    ...same("reclaimPolicy"),
    ...same("volumeBindingMode"),
  ];
}
