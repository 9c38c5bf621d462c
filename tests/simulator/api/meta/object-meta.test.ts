import { expect, test } from "vitest";
import { fieldErrorMessage } from "../../../../simulator/api/meta/field-error.ts";
import { validateLabelSelector } from "../../../../simulator/api/meta/label-validation.ts";
import { validateObjectMeta, validateObjectMetaUpdate } from "../../../../simulator/api/meta/object-meta.ts";
import {
  validateConditions,
  validateDeleteOptions,
  validatePatchOptions,
  validateWriteOptions,
} from "../../../../simulator/api/meta/options-validation.ts";
import { nameIsDnsSubdomain } from "../../../../simulator/api/meta/validation.ts";
import type { ObjectMeta } from "../../../../simulator/api/schema/generated/types.ts";

const create = (meta: ObjectMeta, namespaced = true): string[] =>
  validateObjectMeta(meta, namespaced, nameIsDnsSubdomain).map(fieldErrorMessage);
const good: ObjectMeta = { name: "a", namespace: "default" };

test("good metadata", () => {
  expect(
    create({ ...good, labels: { "a/b": "c" }, annotations: { "A/b": "any thing" }, finalizers: ["orphan"] }),
  ).toEqual([]);
  expect(create({ name: "a" }, false)).toEqual([]);
});

test("names and namespaces", () => {
  expect(create({ namespace: "x" })).toEqual(["metadata.name: Required value: name or generateName is required"]);
  expect(create({ name: "a" })).toEqual(["metadata.namespace: Required value"]);
  expect(create({ name: "a", namespace: "x" }, false)).toEqual([
    "metadata.namespace: Forbidden: not allowed on this type",
  ]);
  const [generate, name, ...rest] = create({ name: "B", generateName: "BB-", namespace: "x" });
  expect(generate).toMatch(/^metadata\.generateName: Invalid value: "BB-": a lowercase RFC 1123 subdomain/);
  expect(name).toMatch(/^metadata\.name: Invalid value: "B": a lowercase/);
  expect(rest).toEqual([]);
});

test("labels, annotations, generation", () => {
  expect(create({ ...good, labels: { a: "b c" } })[0]).toMatch(
    /^metadata\.labels: Invalid value: "b c": a valid label/,
  );
  expect(create({ ...good, annotations: { "til~de": "" } })[0]).toMatch(
    /^metadata\.annotations: Invalid value: "til~de": name part/,
  );
  expect(create({ ...good, annotations: { a: "x".repeat(256 * 1024) } })).toEqual([
    "metadata.annotations: Too long: may not be more than 262144 bytes",
  ]);
  expect(create({ ...good, generation: -1 })).toEqual([
    "metadata.generation: Invalid value: -1: must be greater than or equal to 0",
  ]);
});

test("owner references", () => {
  const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "a", uid: "1", controller: true };
  expect(create({ ...good, ownerReferences: [owner] })).toEqual([]);
  expect(create({ ...good, ownerReferences: [owner, { ...owner, name: "b" }] })).toEqual([
    'metadata.ownerReferences: Invalid value: [{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"a","uid":"1","controller":true},{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"b","uid":"1","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for ReplicaSet/a and ReplicaSet/b',
  ]);
  expect(create({ ...good, ownerReferences: [{ apiVersion: "a/b/c", kind: "", name: "", uid: "" }] })).toEqual([
    'metadata.ownerReferences.apiVersion: Invalid value: "a/b/c": version must not be empty',
    'metadata.ownerReferences.kind: Invalid value: "": must not be empty',
    'metadata.ownerReferences.name: Invalid value: "": must not be empty',
    'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
  ]);
  expect(create({ ...good, ownerReferences: [{ apiVersion: "v1", kind: "Event", name: "e", uid: "1" }] })).toEqual([
    'metadata.ownerReferences: Invalid value: {"apiVersion":"v1","kind":"Event","name":"e","uid":"1"}: /v1, Kind=Event is disallowed from being an owner',
  ]);
});

test("finalizers", () => {
  expect(create({ ...good, finalizers: ["orphan", "foregroundDeletion"] })).toEqual([
    'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
  ]);
});

const stored: ObjectMeta = {
  ...good,
  uid: "u",
  resourceVersion: "5",
  creationTimestamp: "2026-01-01T00:00:00Z",
  generation: 2,
};
const update = (meta: ObjectMeta, old = stored): string[] => validateObjectMetaUpdate(meta, old).map(fieldErrorMessage);

test("updates", () => {
  expect(update({ ...stored, labels: { a: "b" } })).toEqual([]);
  expect(update({ ...stored, resourceVersion: undefined })).toEqual([
    'metadata.resourceVersion: Invalid value: "": must be specified for an update',
  ]);
  expect(update({ ...stored, generation: 1 })).toEqual([
    "metadata.generation: Invalid value: 1: must not be decremented",
  ]);
  expect(
    update({ ...stored, name: "b", uid: "v", creationTimestamp: undefined, deletionGracePeriodSeconds: 3 }),
  ).toEqual([
    'metadata.name: Invalid value: "b": field is immutable',
    'metadata.uid: Invalid value: "v": field is immutable',
    "metadata.creationTimestamp: Invalid value: null: field is immutable",
    "metadata.deletionGracePeriodSeconds: Invalid value: 3: field is immutable",
  ]);
});

test("an object being deleted gains no finalizers", () => {
  const dying = { ...stored, deletionTimestamp: "2026-01-01T00:00:01Z", finalizers: ["a/b", "a/c"] };
  expect(update({ ...dying, finalizers: ["a/c"] }, dying)).toEqual([]);
  expect(update({ ...dying, finalizers: ["a/e", "a/d", "a/b"] }, dying)).toEqual([
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"a/d", "a/e"}',
  ]);
});

test("label selectors in objects", () => {
  const errors = validateLabelSelector(
    {
      matchLabels: { ok: "yes" },
      matchExpressions: [
        { key: "a", operator: "In" },
        { key: "a", operator: "Exists", values: ["x"] },
        { key: "a", operator: "Like" },
        { key: "", operator: "NotIn", values: ["x y"] },
      ],
    },
    "spec.selector",
  ).map(fieldErrorMessage);
  expect(errors.slice(0, 3)).toEqual([
    "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    "spec.selector.matchExpressions[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
    'spec.selector.matchExpressions[2].operator: Invalid value: "Like": not a valid selector operator',
  ]);
  expect(errors[3]).toBe('spec.selector.matchExpressions[3].key: Invalid value: "": name part must be non-empty');
  expect(errors[5]).toMatch(/^spec\.selector\.matchExpressions\[3\]\.values\[0\]: Invalid value: "x y"/);
  expect(errors).toHaveLength(6);
});

test("request options", () => {
  const texts = (errors: readonly Parameters<typeof fieldErrorMessage>[0][]): string[] => errors.map(fieldErrorMessage);
  expect(texts(validateWriteOptions({ dryRun: ["Some"], fieldValidation: "Maybe" }))).toEqual([
    'dryRun: Unsupported value: ["Some"]: supported values: "All"',
    'fieldValidation: Unsupported value: "Maybe": supported values: "", "Ignore", "Strict", "Warn"',
  ]);
  expect(texts(validateWriteOptions({ fieldManager: "a\tb" }))).toEqual([
    'fieldManager: Invalid value: "a\\tb": invalid character U+0009 (at position 1)',
  ]);
  expect(texts(validatePatchOptions({}, true))).toEqual(["fieldManager: Required value: is required for apply patch"]);
  expect(texts(validatePatchOptions({ force: true }, false))).toEqual([
    "force: Forbidden: may not be specified for non-apply patch",
  ]);
  expect(texts(validateDeleteOptions({ propagationPolicy: "Sideways" }))).toEqual([
    'propagationPolicy: Unsupported value: "Sideways": supported values: "Foreground", "Background", "Orphan", "nil"',
  ]);
});

test("conditions", () => {
  const ready = {
    type: "Ready",
    status: "True",
    reason: "Fine",
    message: "",
    lastTransitionTime: "2026-01-01T00:00:00Z",
  };
  expect(validateConditions([ready], "status.conditions")).toEqual([]);
  expect(validateConditions([ready, { ...ready, status: "Maybe" }], "c").map(fieldErrorMessage)).toEqual([
    'c[1]: Duplicate value: "Ready"',
    'c[1].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
  ]);
});
