import type { JsonSchema } from "../../../api/custom/json-schema.ts";
import { child, type FieldError, index, invalid, key, notSupported, required } from "../../../api/meta/field-error.ts";
import { validateImmutable } from "../../../api/meta/object-meta.ts";
import { isDns1035Label, isDns1123Subdomain } from "../../../api/meta/validation.ts";
import type { CustomResourceDefinition } from "../../../api/refs.ts";
import type {
  CustomResourceDefinitionNames,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionVersion,
} from "../../../api/schema/generated/types.ts";
import { equalJson } from "../../../base/json.ts";
import { validateConversion } from "./conversion-validation.ts";
import { goVersions, type Hoisted, hoisted } from "./hoisted.ts";
import { validateSchema } from "./schema-validation.ts";
import {
  validateColumns,
  validateDeprecation,
  validateSelectableFields,
  validateSubresources,
} from "./version-validation.ts";

// Models apiextensions-apiserver pkg/apis/apiextensions/validation

const APPROVED = "api-approved.kubernetes.io";

export function validateDefinition(definition: CustomResourceDefinition): readonly FieldError[] {
  const { spec, metadata } = definition;
  const isNamed = metadata.name === `${spec.names.plural}.${spec.group}`;
  return [
    ...(isNamed ? [] : [invalid("metadata.name", metadata.name, `must be spec.names.plural+"."+spec.group`)]),
    ...validateSpec(spec, undefined),
    ...validateStatus(definition),
    ...validateStoredVersions(definition),
    ...validateApproval(definition, undefined),
    ...validatePreserving(spec),
  ];
}

export function validateDefinitionUpdate(
  definition: CustomResourceDefinition,
  old: CustomResourceDefinition,
): readonly FieldError[] {
  const { spec } = definition;
  const same = (value: unknown, before: unknown, path: string) => validateImmutable(value, before, path);
  const isEstablished = old.status.conditions?.some(({ type, status }) => type === "Established" && status === "True");
  return [
    ...validateSpec(spec, old.spec),
    ...(isEstablished ? same(spec.scope, old.spec.scope, "spec.scope") : []),
    ...(isEstablished ? same(spec.names.kind, old.spec.names.kind, "spec.names.kind") : []),
    ...same(spec.group, old.spec.group, "spec.group"),
    ...same(spec.names.plural, old.spec.names.plural, "spec.names.plural"),
    ...validateStatus(definition),
    ...validateStoredVersions(definition),
    ...validateApproval(definition, old),
    ...(old.spec.preserveUnknownFields ? [] : validatePreserving(spec)),
  ];
}

export function validateStatus({ status }: CustomResourceDefinition): readonly FieldError[] {
  return status.acceptedNames === undefined ? [] : validateNames(status.acceptedNames, "status.acceptedNames");
}

function validateSpec(spec: CustomResourceDefinitionSpec, old: CustomResourceDefinitionSpec | undefined): FieldError[] {
  const form = hoisted(spec);
  return [
    ...validateGroup(spec.group),
    ...validateScope(spec.scope),
    ...validateSchemasGiven(spec),
    ...validateVersions(spec, form, old),
    ...validateRequiredNames(spec.names),
    ...validateNames(spec.names, "spec.names"),
    ...validateHoisted(spec, form, old),
    ...validateConversion(spec.conversion),
  ];
}

function validateGroup(group: string): FieldError[] {
  if (!group) return [required("spec.group", "")];
  const problems = isDns1123Subdomain(group);
  if (problems.length > 0) return [invalid("spec.group", group, problems.join(","))];
  return group.includes(".") ? [] : [invalid("spec.group", group, "should be a domain with at least one dot")];
}

function validateScope(scope: string): FieldError[] {
  if (!scope) return [required("spec.scope", "")];
  return ["Cluster", "Namespaced"].includes(scope)
    ? []
    : [notSupported("spec.scope", scope, ["Cluster", "Namespaced"])];
}

function validateSchemasGiven({ versions }: CustomResourceDefinitionSpec): FieldError[] {
  return versions.flatMap(({ schema }, at) =>
    schema?.openAPIV3Schema === undefined
      ? [required(child(index("spec.versions", at), "schema", "openAPIV3Schema"), "")]
      : [],
  );
}

const schemaOf = (version: CustomResourceDefinitionVersion | undefined): unknown => version?.schema?.openAPIV3Schema;

function isSchemaUnchanged(
  name: string,
  spec: CustomResourceDefinitionSpec,
  old: CustomResourceDefinitionSpec | undefined,
) {
  const find = (from: CustomResourceDefinitionSpec | undefined) =>
    from?.versions.find((version) => version.name === name);
  return old !== undefined && find(old) !== undefined && equalJson(schemaOf(find(spec)), schemaOf(find(old)));
}

function hasStatus(subresources: { readonly status?: unknown } | undefined): boolean {
  return subresources?.status !== undefined && subresources.status !== null;
}

function validateVersions(
  spec: CustomResourceDefinitionSpec,
  form: Hoisted,
  old: CustomResourceDefinitionSpec | undefined,
): FieldError[] {
  const errors: FieldError[] = [];
  for (const [at, version] of form.versions.entries()) {
    const path = index("spec.versions", at);
    const { name, selectableFields = [] } = version;
    const problems = isDns1035Label(name);
    if (problems.length > 0) errors.push(invalid(child(path, "name"), name, problems.join(",")));
    const subresources = spec.versions[at]?.subresources;
    errors.push(...validateDeprecation(version, path));
    const isUnchanged = isSchemaUnchanged(name, spec, old);
    errors.push(...validateSchema(version.schema, child(path, "schema"), hasStatus(subresources), isUnchanged));
    errors.push(...validateSubresources(version.subresources, child(path, "subresources")));
    errors.push(...validateColumns(version.additionalPrinterColumns ?? [], child(path, "additionalPrinterColumns")));
    const schema = spec.versions[at]?.schema?.openAPIV3Schema as unknown as JsonSchema | undefined;
    if (selectableFields.length > 0 && schema !== undefined) {
      const before = old?.versions.find((one) => one.name === name)?.selectableFields;
      const mayBeMany = equalJson(before, selectableFields);
      errors.push(...validateSelectableFields(selectableFields, schema, child(path, "selectableFields"), mayBeMany));
    }
  }
  const names = spec.versions.map(({ name }) => name);
  const complain = (text: string) => errors.push(invalid("spec.versions", goVersions(form.versions), text));
  if (new Set(names).size < names.length) complain("must contain unique version names");
  if (spec.versions.filter(({ storage }) => storage).length !== 1) {
    complain("must have exactly one version marked as storage version");
  }
  const [first = ""] = names;
  const problems = first === "" ? [] : isDns1035Label(first);
  if (problems.length > 0) errors.push(invalid("spec.version", first, problems.join(",")));
  return errors;
}

/** What all versions say alike. */
function validateHoisted(
  spec: CustomResourceDefinitionSpec,
  form: Hoisted,
  old: CustomResourceDefinitionSpec | undefined,
): FieldError[] {
  const { validation, subresources, columns = [], selectableFields = [] } = form;
  const anyStatus = spec.versions.some((version) => hasStatus(version.subresources));
  const isUnchanged = isSchemaUnchanged(spec.versions[0]?.name ?? "", spec, old);
  const schema = (validation ?? spec.versions[0]?.schema)?.openAPIV3Schema as unknown as JsonSchema | undefined;
  const mayBeMany = old !== undefined && equalJson(hoisted(old).selectableFields, selectableFields);
  return [
    ...validateSchema(validation, "spec.validation", anyStatus, isUnchanged),
    ...validateSubresources(subresources, "spec.subresources"),
    ...validateColumns(columns, "spec.additionalPrinterColumns"),
    ...(selectableFields.length > 0 && schema !== undefined
      ? validateSelectableFields(selectableFields, schema, "spec.selectableFields", mayBeMany)
      : []),
  ];
}

function validateRequiredNames(names: CustomResourceDefinitionNames): FieldError[] {
  const needed = ["plural", "singular", "kind", "listKind"] as const;
  return needed.filter((name) => !names[name]).map((name) => required(child("spec.names", name), ""));
}

const label = (path: string, value: string | undefined): FieldError[] => {
  const problems = value ? isDns1035Label(value) : [];
  return problems.length === 0 ? [] : [invalid(path, value, problems.join(","))];
};

const kindLabel = (path: string, value: string | undefined): FieldError[] => {
  const problems = value ? isDns1035Label(value.toLowerCase()) : [];
  const text = `may have mixed case, but should otherwise match: ${problems.join(",")}`;
  return problems.length === 0 ? [] : [invalid(path, value, text)];
};

function validateNames(names: CustomResourceDefinitionNames, path: string): FieldError[] {
  const { plural, singular, kind, listKind, shortNames = [], categories = [] } = names;
  const errors = [
    ...label(child(path, "plural"), plural),
    ...label(child(path, "singular"), singular),
    ...kindLabel(child(path, "kind"), kind),
    ...kindLabel(child(path, "listKind"), listKind),
    ...shortNames.flatMap((name, at) => label(index(child(path, "shortNames"), at), name)),
  ];
  if (kind && kind === listKind) {
    errors.push(invalid(child(path, "listKind"), listKind, "kind and listKind may not be the same"));
  }
  return [...errors, ...categories.flatMap((name, at) => label(index(child(path, "categories"), at), name))];
}

function validateStoredVersions({ spec, status }: CustomResourceDefinition): FieldError[] {
  const path = "status.storedVersions";
  const stored = status.storedVersions ?? [];
  if (stored.length === 0) return [invalid(path, null, "must have at least one stored version")];
  const names = spec.versions.map(({ name }) => name);
  const missing = spec.versions.filter(({ name, storage }) => storage && !stored.includes(name));
  return [
    ...missing.map(({ name }) => invalid(path, stored, `must have the storage version ${name}`)),
    ...stored.flatMap((name, at) =>
      names.includes(name)
        ? []
        : [
            invalid(
              index(path, at),
              name,
              `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
            ),
          ],
    ),
  ];
}

/** Whether an API group is the community's, and what the definition says of its approval. */
export function approvalOf({ spec, metadata }: CustomResourceDefinition): {
  readonly isProtected: boolean;
  readonly state: "missing" | "approved" | "bypassed" | "invalid";
  readonly reason: string;
} {
  const isProtected = /(^|\.)(k8s|kubernetes)\.io$/.test(spec.group);
  const value = metadata.annotations?.[APPROVED];
  if (!value) {
    const reason = `protected groups must have approval annotation "${APPROVED}", see https://github.com/kubernetes/enhancements/pull/1111`;
    return { isProtected, state: "missing", reason };
  }
  if (value.startsWith("unapproved")) return { isProtected, state: "bypassed", reason: `not approved: "${value}"` };
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^\s/]+/.test(value)) {
    return { isProtected, state: "approved", reason: `approved in ${value}` };
  }
  const reason = `protected groups must have approval annotation "${APPROVED}" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111`;
  return { isProtected, state: "invalid", reason };
}

// Models validateAPIApproval
function validateApproval(
  definition: CustomResourceDefinition,
  old: CustomResourceDefinition | undefined,
): FieldError[] {
  const { isProtected, state, reason } = approvalOf(definition);
  if (!isProtected || (old !== undefined && approvalOf(old).state === state)) return [];
  const path = key("metadata.annotations", APPROVED);
  if (state === "missing") return [required(path, reason)];
  return state === "invalid" ? [invalid(path, definition.metadata.annotations?.[APPROVED], reason)] : [];
}

function validatePreserving({ preserveUnknownFields }: CustomResourceDefinitionSpec): FieldError[] {
  if (preserveUnknownFields !== true) return [];
  const text =
    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead";
  return [invalid("spec.preserveUnknownFields", true, text)];
}
