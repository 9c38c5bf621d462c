import { cloneJson, type Draft, deepFreeze, equalJson, type JsonObject } from "../../base/json.ts";
import { forbidden } from "../errors.ts";
import type { Kind, OtherVersion } from "../kind.ts";
import { type FieldError, invalid, NO_PATH } from "../meta/field-error.ts";
import { goPlain } from "../meta/go-text.ts";
import type { KubeObject } from "../object.ts";
import { type CustomResourceDefinition as Definition, resourceRef } from "../refs.ts";
import type { CustomResourceDefinitionVersion } from "../schema/generated/types.ts";
import type { WebhookCaller } from "../webhooks/call.ts";
import { columnsOf } from "./columns.ts";
import { customTypeOf } from "./custom-type.ts";
import { withDefaults } from "./defaulting.ts";
import { validateEmbedded } from "./embedded.ts";
import { readJsonPath } from "./json-path.ts";
import { asResource, type JsonSchema, someSchema } from "./json-schema.ts";
import { validateListTypes } from "./list-types.ts";
import { pruneObject } from "./prune.ts";
import { Rules } from "./rules.ts";
import { scaleFieldsOf, validateScale } from "./scale.ts";
import { validateAgainstSchema } from "./validate.ts";
import { compareVersions } from "./versions.ts";
import { type Converter, converterOf } from "./webhook-conversion.ts";

type Version = CustomResourceDefinitionVersion;

// Models apiextensions-apiserver pkg/apiserver customresource_handler.go
/** The kind that a definition defines, in all its versions; the definition's names are accepted. */
export function customKindOf(definition: Definition, webhooks?: WebhookCaller): Kind {
  const { spec, status } = definition;
  const convert = converterOf(definition, webhooks);
  const names = { ...spec.names, ...status.acceptedNames };
  const stored = spec.versions.find(({ storage }) => storage) as Version;
  const others = spec.versions.filter((version) => version !== stored && version.served);
  return {
    ...versionOf(definition, stored, convert),
    singular: names.singular ?? names.kind.toLowerCase(),
    ...(names.shortNames?.length && { shortNames: names.shortNames }),
    ...(names.categories?.length && { categories: names.categories }),
    namespaced: spec.scope === "Namespaced",
    types: {},
    listKind: names.listKind,
    isServed: stored.served,
    ...(others.length > 0 && {
      otherVersions: others.map((version) => otherVersionOf(definition, version, stored, convert)),
    }),
    authorizeWrite: (object, old) =>
      old === undefined && isTerminating(definition) ? createForbidden(definition, object) : undefined,
    warnings: () => [],
  };
}

function isTerminating({ metadata, status }: Definition): boolean {
  const condition = status.conditions?.find(({ type }) => type === "Terminating");
  return metadata.deletionTimestamp !== undefined || condition?.status === "True";
}

function createForbidden({ spec }: Definition, { metadata }: KubeObject) {
  const ref = resourceRef<KubeObject>(spec.group, "", spec.names.plural, spec.names.kind);
  return forbidden(ref, metadata.name, "create not allowed while custom resource definition is terminating");
}

function refOf({ spec }: Definition, version: Version) {
  return resourceRef<KubeObject>(spec.group, version.name, spec.names.plural, spec.names.kind);
}

function schemaOf(version: Version): JsonSchema {
  return (version.schema?.openAPIV3Schema ?? { type: "object" }) as unknown as JsonSchema;
}

/** What a definition says of one version. */
function versionOf(definition: Definition, version: Version, convert: Converter | undefined) {
  const apiVersion = `${definition.spec.group}/${version.name}`;
  const schema = schemaOf(version);
  const { status, scale } = version.subresources ?? {};
  const hasStatus = status !== undefined && status !== null;
  const deprecation = deprecationOf(definition, version);
  const selectable = version.selectableFields ?? [];
  return {
    ref: refOf(definition, version),
    custom: {
      ...customTypeOf(definition.spec.names.kind, schema),
      ...(convert && { upToDate: (object: KubeObject) => convert(object, apiVersion) }),
    },
    columns: columnsOf(version.additionalPrinterColumns),
    ...(deprecation !== undefined && { deprecation }),
    ...((hasStatus || scale) && {
      subresources: { ...(hasStatus && { status: true as const }), ...(scale && { scale: scaleFieldsOf(scale) }) },
    }),
    ...(selectable.length > 0 && {
      selectableFields: Object.fromEntries(
        selectable.map(({ jsonPath }) => [jsonPath.replace(/^\./, ""), textAt(jsonPath)]),
      ),
    }),
    defaults: (object: Draft<KubeObject>) => fillIn(object, schema),
    view: viewWith(schema, apiVersion, convert),
    prepareCreate: (object: KubeObject) => prepareCreate(object, hasStatus),
    prepareUpdate: countChanges,
    ...validationOf(version, schema),
  } satisfies Partial<Kind>;
}

function otherVersionOf(
  definition: Definition,
  version: Version,
  stored: Version,
  convert: Converter = (object) => object,
): OtherVersion {
  const { group } = definition.spec;
  const {
    validate,
    validateUpdate,
    validateStatusUpdate,
    prepareCreate: _,
    prepareUpdate: __,
    ...rest
  } = versionOf(definition, version, convert);
  return {
    ...rest,
    subresources: rest.subresources,
    selectableFields: rest.selectableFields,
    deprecation: rest.deprecation,
    fromStored: (object) => convert(object, `${group}/${version.name}`),
    toStored: (object) => convert(object, `${group}/${stored.name}`),
    rules: { validate, validateUpdate, validateStatusUpdate },
  };
}

// Models defaultDeprecationWarning
function deprecationOf({ spec }: Definition, version: Version): string | undefined {
  if (version.deprecated !== true) return undefined;
  if (version.deprecationWarning !== undefined) return version.deprecationWarning;
  const better = spec.versions
    .filter(({ served, deprecated, name }) => served && !deprecated && compareVersions(name, version.name) < 0)
    .map(({ name }) => name)
    .sort(compareVersions)[0];
  const text = `${spec.group}/${version.name} ${spec.names.kind} is deprecated`;
  return better === undefined ? text : `${text}; use ${spec.group}/${better} ${spec.names.kind}`;
}

function textAt(jsonPath: string): (object: KubeObject) => string {
  const read = readJsonPath(jsonPath);
  return (object) => {
    const [value] = read(object as unknown as JsonObject);
    return value === undefined || value === null ? "" : goPlain(value);
  };
}

function fillIn(object: Draft<KubeObject>, schema: JsonSchema): void {
  const given = object as unknown as Record<string, unknown>;
  const filled = withDefaults(given as JsonObject, schema) as Record<string, unknown>;
  if (filled === given) return;
  for (const key of Object.keys(given)) if (!Object.hasOwn(filled, key)) delete given[key];
  Object.assign(given, cloneJson(filled));
}

/** What readers see: objects that were stored under an older schema or version are shown by the present one. */
function viewWith(
  schema: JsonSchema,
  apiVersion: string,
  convert: Converter = (object) => object,
): (object: KubeObject) => KubeObject {
  const seen = new WeakMap<KubeObject, KubeObject>();
  return (given) => {
    let view = seen.get(given);
    if (view === undefined) {
      const object = convert(given, apiVersion);
      const json = object as unknown as JsonObject;
      const { object: pruned, unknown } = pruneObject(json, schema);
      const shown = withDefaults(unknown.length === 0 ? json : pruned, schema);
      const isSame = shown === json && object.apiVersion === apiVersion;
      view = isSame ? object : deepFreeze({ ...(shown as unknown as KubeObject), apiVersion });
      seen.set(given, view);
    }
    return view;
  };
}

// Models apiextensions-apiserver pkg/registry/customresource strategy.go
function prepareCreate(object: KubeObject, hasStatus: boolean): KubeObject {
  const { status, ...rest } = object as KubeObject & { status?: unknown };
  const kept = hasStatus || status === undefined ? rest : object;
  return { ...kept, metadata: { ...object.metadata, generation: 1 } };
}

/** Every change but one of the metadata counts, also one of the status where that is no subresource. */
function countChanges(object: KubeObject, old: KubeObject): KubeObject {
  const content = ({ metadata: _, apiVersion: __, ...rest }: KubeObject) => rest;
  if (equalJson(content(object), content(old))) return object;
  return { ...object, metadata: { ...object.metadata, generation: (old.metadata.generation ?? 0) + 1 } };
}

const BLOCKING: ReadonlySet<string> = new Set([
  "FieldValueNotSupported",
  "FieldValueRequired",
  "FieldValueTooLong",
  "FieldValueTooMany",
  "FieldValueTypeInvalid",
]);

const NOT_CHECKED: FieldError = invalid(
  NO_PATH,
  null,
  "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
);

function validationOf(version: Version, schema: JsonSchema) {
  const hasRules = someSchema(schema, (one) => (one["x-kubernetes-validations"] ?? []).length > 0);
  const scale = version.subresources?.scale;
  let rules: Rules | undefined;
  const checkRules = (
    errors: readonly FieldError[],
    object: KubeObject,
    old: KubeObject | undefined,
    warn: (text: string) => void,
  ): readonly FieldError[] => {
    if (!hasRules) return errors;
    if (errors.some(({ type }) => BLOCKING.has(type))) return [...errors, NOT_CHECKED];
    rules ??= new Rules(schema);
    return [...errors, ...rules.validate(asJson(object), old && asJson(old), warn)];
  };
  const common = (object: KubeObject, old?: KubeObject): readonly FieldError[] => {
    const json = asJson(object);
    const listErrors =
      old !== undefined && validateListTypes(asJson(old), schema).length > 0 ? [] : validateListTypes(json, schema);
    return [
      ...validateAgainstSchema(json, schema, old && asJson(old)),
      ...(scale === undefined ? [] : validateScale(json, scale, "both")),
      ...validateEmbedded(json, { ...asResource(schema), "x-kubernetes-embedded-resource": false }),
      ...listErrors,
    ];
  };
  return {
    validate: (object, context) => checkRules(common(object), object, undefined, context.warn),
    validateUpdate: (object, old, context) => checkRules(common(object, old), object, old, context.warn),
    validateStatusUpdate: (object, old, context) => {
      const errors = [
        ...statusErrors(object, old, schema),
        ...(scale === undefined ? [] : validateScale(asJson(object), scale, "status")),
      ];
      return checkRules(errors, object, old, context.warn);
    },
  } satisfies Pick<Kind, "validate" | "validateUpdate" | "validateStatusUpdate">;
}

function statusErrors(object: KubeObject, old: KubeObject, schema: JsonSchema): readonly FieldError[] {
  const statusSchema = schema.properties?.status;
  const { status } = asJson(object);
  if (statusSchema === undefined || status === undefined) return [];
  return [
    ...validateAgainstSchema(status, statusSchema, asJson(old).status, "status"),
    ...validateListTypes(status, statusSchema, "status"),
  ];
}

function asJson(object: KubeObject): JsonObject {
  return object as unknown as JsonObject;
}
