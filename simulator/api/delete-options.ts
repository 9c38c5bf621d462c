import type { JsonObject } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { DeleteOptions } from "./client.ts";
import { badRequest, invalid, type Status } from "./errors.ts";
import { fieldErrorMessage, toCause } from "./meta/field-error.ts";
import { validateDeleteOptions } from "./meta/options-validation.ts";
import { wholeNumber } from "./query-values.ts";
import type { Query } from "./routing.ts";
import { decodeValue } from "./schema/decode.ts";
import type { DeleteOptions as WireOptions } from "./schema/generated/types.ts";

/** How something is to be deleted, and whether that is only tried. */
export interface AskedDeletion {
  readonly options: DeleteOptions;
  readonly dryRun: boolean;
}

// Models apiserver pkg/endpoints/handlers/delete.go
/** Delete options from the body; only where there is none, the query is looked at. */
export function deleteOptions(body: JsonObject | undefined, query: Query): Result<AskedDeletion, Status> {
  const read = body === undefined ? fromQuery(query) : fromBody(body);
  if (!read.ok) return fail(badRequest(read.error));
  const given = read.value;
  const problems = validateDeleteOptions(given as Parameters<typeof validateDeleteOptions>[0]);
  if (problems.length > 0) {
    const kind = { group: "meta.k8s.io", kind: "DeleteOptions" };
    return fail(invalid(kind, "", problems.map(fieldErrorMessage), problems.map(toCause)));
  }
  const { gracePeriodSeconds, propagationPolicy, orphanDependents, preconditions } = given;
  const policy = orphanDependents === true ? "Orphan" : orphanDependents === false ? "Background" : propagationPolicy;
  return ok({
    options: {
      gracePeriodSeconds,
      propagationPolicy: policy as DeleteOptions["propagationPolicy"],
      uid: preconditions?.uid,
      resourceVersion: preconditions?.resourceVersion,
    },
    dryRun: given.dryRun?.includes("All") ?? false,
  });
}

function fromBody(body: JsonObject): Result<WireOptions, string> {
  const decoded = decodeValue("DeleteOptions", body, { fieldValidation: "Ignore" });
  return decoded.ok ? ok(decoded.value.object as WireOptions) : decoded;
}

function fromQuery(query: Query): Result<WireOptions, string> {
  const grace = wholeNumber(query, "gracePeriodSeconds");
  if (!grace.ok) return grace;
  const orphan = query.get("orphanDependents")?.[0];
  const policy = query.get("propagationPolicy")?.[0];
  const dryRun = query.get("dryRun");
  return ok({
    ...(grace.value !== undefined && { gracePeriodSeconds: grace.value }),
    ...(policy !== undefined && { propagationPolicy: policy }),
    ...(orphan !== undefined && { orphanDependents: orphan !== "false" && orphan !== "0" }),
    ...(dryRun !== undefined && { dryRun: [...dryRun] }),
  });
}
