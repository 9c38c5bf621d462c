import {
  child,
  duplicate,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
  tooLong,
  tooMany,
} from "../../api/meta/field-error.ts";
import { byteLength, goJson } from "../../api/meta/go-text.ts";
import { isCIdentifier, isDns1123Label, isDns1123Subdomain } from "../../api/meta/validation.ts";
import type {
  DeviceClaim,
  DeviceConstraint,
  DeviceRequest,
  DeviceSelector,
  DeviceSubRequest,
  DeviceToleration,
  OpaqueDeviceConfiguration,
  ResourceClaimSpec,
} from "../../api/schema/generated/types.ts";
import type { Draft } from "../../base/json.ts";
import { validateCsiDriverName } from "../core/pod/validation/volume-network.ts";

const MAX_REQUESTS = 32;
const MAX_SELECTORS = 32;
const MAX_ALTERNATIVES = 8;
const MAX_EXPRESSION_BYTES = 10 * 1024;
const MAX_PARAMETER_BYTES = 10 * 1024;
const MODES = ["All", "ExactCount"];
const NOT_A_REQUEST =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

type Asked = Omit<DeviceSubRequest, "name">;

// Models pkg/apis/resource/v1 SetDefaults_ExactDeviceRequest and SetDefaults_DeviceSubRequest
export function defaultClaim(spec: Draft<ResourceClaimSpec> | undefined): void {
  for (const request of spec?.devices?.requests ?? []) {
    for (const asked of [...(request.exactly ? [request.exactly] : []), ...(request.firstAvailable ?? [])]) {
      asked.allocationMode ??= "ExactCount";
      if (asked.allocationMode === "ExactCount") asked.count ??= 1;
      for (const toleration of asked.tolerations ?? []) toleration.operator ??= "Equal";
    }
  }
}

/** A list with at most `max` items, each with a key of its own. Models pkg/apis/resource/validation validateSet. */
export function validateSet<T>(
  items: readonly T[],
  max: number,
  path: string,
  keyOf: (item: T) => string,
  validate: (item: T, path: string) => readonly FieldError[],
): readonly FieldError[] {
  const seen = new Set<string>();
  return [
    ...(items.length > max ? [tooMany(path, items.length, max)] : []),
    ...items.flatMap((item, at) => {
      const key = keyOf(item);
      const repeated = seen.has(key) ? [duplicate(index(path, at), key)] : [];
      seen.add(key);
      return [...validate(item, index(path, at)), ...repeated];
    }),
  ];
}

// Models pkg/apis/resource/validation validateDeviceClaim
export function validateClaimSpec({ devices = {} }: ResourceClaimSpec, path: string): readonly FieldError[] {
  const { requests = [], constraints = [], config = [] } = devices;
  const here = child(path, "devices");
  const names = requestNames(devices);
  return [
    ...validateSet(requests, MAX_REQUESTS, child(here, "requests"), ({ name }) => name, validateRequest),
    ...(constraints.length > MAX_REQUESTS
      ? [tooMany(child(here, "constraints"), constraints.length, MAX_REQUESTS)]
      : []),
    ...constraints.flatMap((one, at) => validateConstraint(one, index(child(here, "constraints"), at), names)),
    ...config.flatMap(({ opaque, requests: named = [] }, at) => {
      const item = index(child(here, "config"), at);
      return [...validateNamed(named, child(item, "requests"), names), ...validateOpaque(opaque, item)];
    }),
  ];
}

/** What constraints may name: requests, and alternatives as `request/alternative`. */
function requestNames({ requests = [] }: DeviceClaim): ReadonlySet<string> {
  return new Set(
    requests.flatMap(({ name, firstAvailable = [] }) => [name, ...firstAvailable.map((one) => `${name}/${one.name}`)]),
  );
}

function dnsLabel(name: string, path: string): readonly FieldError[] {
  return isDns1123Label(name).map((text) => invalid(path, name, text));
}

function validateRequest({ name = "", exactly, firstAvailable = [] }: DeviceRequest, path: string) {
  const errors = [...dnsLabel(name, child(path, "name"))];
  const oneOf = "exactly one of `exactly` or `firstAvailable` is required";
  if (exactly === undefined && firstAvailable.length === 0) errors.push(required(path, oneOf));
  else if (exactly !== undefined && firstAvailable.length > 0) {
    errors.push(invalid(path, undefined, `${oneOf}, but multiple fields are set`));
  } else if (exactly !== undefined) errors.push(...validateAsked(exactly, child(path, "exactly")));
  else {
    const validate = (one: DeviceSubRequest, at: string) => [
      ...dnsLabel(one.name ?? "", child(at, "name")),
      ...validateAsked(one, at),
    ];
    const here = child(path, "firstAvailable");
    errors.push(...validateSet(firstAvailable, MAX_ALTERNATIVES, here, (one) => one.name, validate));
  }
  return errors;
}

function validateAsked(asked: Asked, path: string): readonly FieldError[] {
  const { deviceClassName: name = "", selectors = [], allocationMode: mode = "", count = 0, tolerations = [] } = asked;
  const classPath = child(path, "deviceClassName");
  const countPath = child(path, "count");
  return [
    ...(name === "" ? [required(classPath)] : isDns1123Subdomain(name).map((text) => invalid(classPath, name, text))),
    ...validateSelectors(selectors, child(path, "selectors")),
    ...(MODES.includes(mode) ? [] : [notSupported(child(path, "allocationMode"), mode, MODES)]),
    ...(mode === "All" && count !== 0
      ? [invalid(countPath, count, "must not be specified when allocationMode is 'All'")]
      : []),
    ...(mode === "ExactCount" && count <= 0 ? [invalid(countPath, count, "must be greater than zero")] : []),
    ...tolerations.flatMap((one, at) => validateToleration(one, index(child(path, "tolerations"), at))),
  ];
}

/** Which devices are wanted, in CEL: whether it compiles is not looked at. */
export function validateSelectors(selectors: readonly DeviceSelector[], path: string): readonly FieldError[] {
  return [
    ...(selectors.length > MAX_SELECTORS ? [tooMany(path, selectors.length, MAX_SELECTORS)] : []),
    ...selectors.flatMap(({ cel }, at) => {
      const here = child(index(path, at), "cel");
      if (cel === undefined) return [required(here)];
      const bytes = byteLength(cel.expression ?? "");
      return bytes > MAX_EXPRESSION_BYTES ? [tooLong(child(here, "expression"), MAX_EXPRESSION_BYTES)] : [];
    }),
  ];
}

const OPERATORS = ["Equal", "Exists"];
const EFFECTS = ["NoExecute", "NoSchedule", "None"];

// Models pkg/apis/resource/validation validateDeviceToleration
function validateToleration({ key = "", operator = "", value = "", effect }: DeviceToleration, path: string) {
  const operatorPath = child(path, "operator");
  return [
    ...(operator === "" ? [required(operatorPath)] : []),
    ...(operator !== "" && !OPERATORS.includes(operator) ? [notSupported(operatorPath, operator, OPERATORS)] : []),
    ...(operator === "Exists" && value !== ""
      ? [invalid(child(path, "value"), value, "must be empty for operator `Exists`")]
      : []),
    ...(operator === "Equal" && key === ""
      ? [required(child(path, "key"), "must not be empty for operator `Equal`")]
      : []),
    ...(effect && !EFFECTS.includes(effect) ? [notSupported(child(path, "effect"), effect, EFFECTS)] : []),
  ];
}

function validateConstraint(constraint: DeviceConstraint, path: string, names: ReadonlySet<string>) {
  const { requests = [], matchAttribute, distinctAttribute } = constraint;
  const errors = [...validateNamed(requests, child(path, "requests"), names)];
  if (matchAttribute !== undefined) errors.push(...validateAttribute(matchAttribute, child(path, "matchAttribute")));
  else if (distinctAttribute !== undefined) {
    errors.push(...validateAttribute(distinctAttribute, child(path, "distinctAttribute")));
  } else {
    const text = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set';
    errors.push(required(path, text));
  }
  return errors;
}

/** A name with its domain: `example.com/model`. */
function validateAttribute(name: string, path: string): readonly FieldError[] {
  if (name === "") return [required(path, "name required")];
  const errors = [...validateQualified(name, path)];
  if (!name.includes("/")) errors.push(invalid(path, name, "must include a domain"));
  return errors;
}

// Models pkg/apis/resource/validation validateQualifiedName
/** `domain/identifier`, or an identifier alone. */
export function validateQualified(name: string, path: string): readonly FieldError[] {
  if (name === "") return [required(path, "name required")];
  const parts = name.split("/");
  const identifier = (text: string) => [
    ...(byteLength(text) > 32 ? [tooLong(path, 32)] : []),
    ...isCIdentifier(text).map((problem) => invalid(path, text, problem)),
  ];
  if (parts.length === 1) return identifier(name);
  if (parts.length > 2) return [invalid(path, name, "must not contain more than one slash")];
  const [domain = "", id = ""] = parts;
  return [
    ...(domain === ""
      ? [required(path, "the domain must not be empty")]
      : isDns1123Subdomain(domain).map((text) => invalid(path, domain, text))),
    ...(id === "" ? [required(path, "the name must not be empty")] : identifier(id)),
  ];
}

function validateNamed(requests: readonly string[], path: string, names: ReadonlySet<string>): readonly FieldError[] {
  const validate = (name: string, at: string) => {
    const segments = name.split("/");
    if (segments.length > 2) return [invalid(at, name, NOT_A_REQUEST)];
    const wrong = segments.flatMap((segment) => dnsLabel(segment, at));
    return names.has(name) ? wrong : [...wrong, invalid(at, name, NOT_A_REQUEST)];
  };
  return validateSet(requests, MAX_REQUESTS, path, (name) => name, validate);
}

// Models pkg/apis/resource/validation validateDeviceConfiguration
export function validateOpaque(opaque: OpaqueDeviceConfiguration | undefined, path: string): readonly FieldError[] {
  const here = child(path, "opaque");
  if (opaque === undefined) return [required(here)];
  const { driver = "", parameters } = opaque;
  const parametersPath = child(here, "parameters");
  const errors = [...validateCsiDriverName(driver, child(here, "driver"))];
  if (parameters === undefined || parameters === null) errors.push(required(parametersPath));
  else if (byteLength(goJson(parameters)) > MAX_PARAMETER_BYTES) {
    errors.push(tooLong(parametersPath, MAX_PARAMETER_BYTES));
  } else if (typeof parameters !== "object" || Array.isArray(parameters)) {
    errors.push(invalid(parametersPath, "<value omitted>", "must be a valid JSON object"));
  }
  return errors;
}
