import type { Status as StatusType } from "./schema/generated/types.ts";

/** An API failure as a value: the `Status` object that the real API server would send. */
export type Status = StatusType & { readonly kind: "Status"; readonly code: number; readonly message: string };

interface ResourceName {
  readonly group: string;
  readonly plural: string;
}

type Details = NonNullable<StatusType["details"]>;

function status(code: number, reason: string, message: string, details?: Details): Status {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    ...(details && { details }),
    code,
  };
}

function details(resource: ResourceName, name: string, more: Details = {}): Details {
  return {
    ...(name !== "" && { name }),
    ...(resource.group !== "" && { group: resource.group }),
    kind: resource.plural,
    ...more,
  };
}

/** `deployments.apps`, or `pods`: how messages name a resource. */
export function resourceText(resource: ResourceName): string {
  return resource.group === "" ? resource.plural : `${resource.plural}.${resource.group}`;
}

// Models apimachinery pkg/api/errors: reasons, codes, words and details of each.

export function notFound(resource: ResourceName, name: string): Status {
  return status(404, "NotFound", `${resourceText(resource)} "${name}" not found`, details(resource, name));
}

/** The answer for a path that no resource serves. */
export function pageNotFound(): Status {
  return status(404, "NotFound", "the server could not find the requested resource", {});
}

export function alreadyExists(resource: ResourceName, name: string): Status {
  return status(409, "AlreadyExists", `${resourceText(resource)} "${name}" already exists`, details(resource, name));
}

export function conflict(resource: ResourceName, name: string, why: string): Status {
  const message = `Operation cannot be fulfilled on ${resourceText(resource)} "${name}": ${why}`;
  return status(409, "Conflict", message, details(resource, name));
}

/** The conflict of a write that carries an old resourceVersion. */
export function staleObject(resource: ResourceName, name: string): Status {
  const why = "the object has been modified; please apply your changes to the latest version and try again";
  return conflict(resource, name, why);
}

export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** 422: `kind` is the kind (`Deployment`), `problems` the texts with their field paths, in order. */
export function invalid(
  kind: { readonly group: string; readonly kind: string },
  name: string,
  problems: readonly string[],
  causes: readonly Cause[],
): Status {
  const qualified = kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
  const distinct = [...new Set(problems)];
  const list = distinct.length === 1 ? distinct[0] : `[${distinct.join(", ")}]`;
  return status(422, "Invalid", `${qualified} "${name}" is invalid: ${list}`, {
    ...(name !== "" && { name }),
    ...(kind.group !== "" && { group: kind.group }),
    kind: kind.kind,
    causes,
  });
}

/** 422 without a word on what was wrong: a JSON patch that does not apply. */
export function unprocessable(message: string): Status {
  return status(422, "Invalid", message, {});
}

export function badRequest(message: string): Status {
  return status(400, "BadRequest", message);
}

export function forbidden(resource: ResourceName, name: string, why: string): Status {
  const subject = name === "" ? resourceText(resource) : `${resourceText(resource)} "${name}"`;
  return status(403, "Forbidden", `${subject} is forbidden: ${why}`, details(resource, name));
}

/** 405 for a verb that the path does not serve at all. */
export function methodNotAllowed(): Status {
  return status(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
}

/** 403 for a path that is no resource. */
export function forbiddenPath(why: string): Status {
  return status(403, "Forbidden", `forbidden: ${why}`, {});
}

/** 429, with the seconds after which to ask again; 0 says nothing of that. */
export function tooManyRequests(
  message: string,
  retryAfterSeconds: number,
  causes: readonly { readonly reason: string; readonly message: string }[],
): Status {
  return status(429, "TooManyRequests", message, { causes, ...(retryAfterSeconds > 0 && { retryAfterSeconds }) });
}

/** 401: whoever it was, no credentials of theirs are good. */
export function unauthorized(): Status {
  return status(401, "Unauthorized", "Unauthorized");
}

export function unsupportedMediaType(message: string): Status {
  return status(415, "UnsupportedMediaType", message);
}

/** 406: the answer has none of the forms that the client takes. */
export function notAcceptable(): Status {
  const types = "application/json, application/yaml, application/vnd.kubernetes.protobuf";
  return status(406, "NotAcceptable", `only the following media types are accepted: ${types}`);
}

export function requestEntityTooLarge(message: string): Status {
  return status(413, "RequestEntityTooLarge", `Request entity too large: ${message}`);
}

export function resourceExpired(message: string): Status {
  return status(410, "Expired", message);
}

/** 410 for a list that cannot be continued as it was begun; the token continues it as things are now. */
export function continueExpired(token: string): Status {
  const message =
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";
  return { ...resourceExpired(message), metadata: { continue: token } };
}

/** 504: the server has not seen the revision that was asked for, and nobody has. */
export function versionTooLarge(asked: number, current: number): Status {
  const message = `Timeout: Too large resource version: ${asked}, current: ${current}`;
  const causes = [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }];
  return status(504, "Timeout", message, { causes, retryAfterSeconds: 1 });
}

/** 500 without a reason: an error that upstream hands on as it is. */
export function plainFailure(message: string): Status {
  const { reason: _, ...rest } = status(500, "", message);
  return rest as Status;
}

/** A write that the API server cannot be reached for: the caller sees a refused connection, not an answer. */
export function connectionRefused(address: string): Status {
  return status(503, "ServiceUnavailable", `dial tcp ${address}: connect: connection refused`);
}

/** 503: what a request was to be passed on to is not there. */
export function serviceUnavailable(message: string): Status {
  return status(503, "ServiceUnavailable", message);
}

export function internalError(message: string): Status {
  return status(500, "InternalError", `Internal error occurred: ${message}`, {
    causes: [{ message }],
  });
}
