import { child, type FieldError, invalid, key, required, tooLong } from "../../../api/meta/field-error.ts";
import { byteLength } from "../../../api/meta/go-text.ts";
import { validateImmutable } from "../../../api/meta/object-meta.ts";
import { isDns1123Label, isDns1123Subdomain, nameIsDnsSubdomain } from "../../../api/meta/validation.ts";
import type { Device, DeviceAttribute, ResourcePool } from "../../../api/schema/generated/types.ts";
import { validateNodeSelector } from "../../core/pod/validation/node-selector.ts";
import { validateCsiDriverName } from "../../core/pod/validation/volume-network.ts";
import { validateQualified, validateSet } from "../claim-spec.ts";
import type { ResourceSlice } from "./kind.ts";

const MAX_DEVICES = 128;
const MAX_ATTRIBUTES = 32;
const MAX_POOL_NAME_BYTES = 253;
const MAX_VALUE_BYTES = 64;
const VALUE_FIELDS = ["bool", "bools", "int", "ints", "string", "strings", "version", "versions"] as const;

// Models pkg/apis/resource/validation ValidateResourceSlice
export function validateSlice({ spec }: ResourceSlice): readonly FieldError[] {
  const { driver, pool, nodeName, nodeSelector, devices = [] } = spec;
  return [
    ...validateNodes(spec),
    ...validateCsiDriverName(driver, "spec.driver"),
    ...validatePool(pool, "spec.pool"),
    ...(nodeName === undefined
      ? []
      : nameIsDnsSubdomain(nodeName, false).map((text) => invalid("spec.nodeName", nodeName, text))),
    ...(nodeSelector === undefined ? [] : validateNodeSelector(nodeSelector, "spec.nodeSelector")),
    ...validateSet(devices, MAX_DEVICES, "spec.devices", ({ name }) => name ?? "", validateDevice),
  ];
}

// Models pkg/apis/resource/validation ValidateResourceSliceUpdate
export function validateSliceUpdate(object: ResourceSlice, old: ResourceSlice): readonly FieldError[] {
  return [
    ...validateSlice(object),
    ...validateImmutable(object.spec.driver, old.spec.driver, "spec.driver"),
    ...validateImmutable(object.spec.pool.name, old.spec.pool.name, "spec.pool.name"),
    ...validateImmutable(object.spec.nodeName, old.spec.nodeName, "spec.nodeName"),
  ];
}

/** Where the devices are is said in exactly one way. */
function validateNodes(spec: ResourceSlice["spec"]): readonly FieldError[] {
  const ways = {
    nodeName: spec.nodeName !== undefined,
    nodeSelector: spec.nodeSelector !== undefined,
    allNodes: spec.allNodes === true,
    perDeviceNodeSelection: spec.perDeviceNodeSelection === true,
  };
  const given = Object.entries(ways).flatMap(([name, isGiven]) => (isGiven ? [`\`${name}\``] : []));
  const text = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";
  if (given.length === 0) return [required("spec", text)];
  return given.length === 1 ? [] : [invalid("spec", `{${given.join(", ")}}`, `${text}, but multiple fields are set`)];
}

function validatePool({ name = "", generation = 0, resourceSliceCount: count = 0 }: ResourcePool, path: string) {
  const namePath = child(path, "name");
  return [
    ...(name === "" ? [required(namePath)] : []),
    ...(byteLength(name) > MAX_POOL_NAME_BYTES ? [tooLong(namePath, MAX_POOL_NAME_BYTES)] : []),
    ...(name === ""
      ? []
      : name.split("/").flatMap((part) => isDns1123Subdomain(part).map((text) => invalid(namePath, part, text)))),
    ...(count <= 0 ? [invalid(child(path, "resourceSliceCount"), count, "must be greater than zero")] : []),
    ...(generation < 0
      ? [invalid(child(path, "generation"), generation, "must be greater than or equal to zero")]
      : []),
  ];
}

function validateDevice({ name = "", attributes = {}, capacity = {} }: Device, path: string): readonly FieldError[] {
  const total = Object.keys(attributes).length + Object.keys(capacity).length;
  const attributesPath = child(path, "attributes");
  return [
    ...isDns1123Label(name).map((text) => invalid(child(path, "name"), name, text)),
    ...(total > MAX_ATTRIBUTES
      ? [invalid(path, total, `the total number of attributes and capacities must not exceed ${MAX_ATTRIBUTES}`)]
      : []),
    ...Object.entries(attributes).flatMap(([attribute, value]) => [
      ...validateQualified(attribute, attributesPath),
      ...validateAttribute(value, key(attributesPath, attribute)),
    ]),
    ...Object.keys(capacity).flatMap((resource) => validateQualified(resource, child(path, "capacity"))),
  ];
}

// Models pkg/apis/resource/validation validateDeviceAttribute
function validateAttribute(value: DeviceAttribute, path: string): readonly FieldError[] {
  const given = VALUE_FIELDS.filter((field) => value[field] !== undefined);
  if (given.length === 0) return [required(path, "exactly one value must be specified")];
  if (given.length > 1) return [invalid(path, value, "exactly one value must be specified")];
  return (["string", "version"] as const).flatMap((field) =>
    byteLength(value[field] ?? "") > MAX_VALUE_BYTES ? [tooLong(child(path, field), MAX_VALUE_BYTES)] : [],
  );
}
