import { present } from "../../base/assert.ts";
import type { Cause, Status } from "../errors.ts";
import { goQuote } from "../meta/go-text.ts";
import { pathsOf } from "./field-set.ts";
import { compareTexts, type Managers } from "./managed.ts";
import { pathText } from "./path-element.ts";
import type { Conflicts } from "./updater.ts";

// Models apimachinery pkg/util/managedfields/internal NewConflictError

/** The 409 that names each field that an apply would take from somebody. */
export function applyConflict(conflicts: Conflicts, managers: Managers): Status {
  const groups = [...conflicts]
    .sort(([a], [b]) => compareTexts(a, b))
    .map(([identity, set]) => ({
      who: managerText(present(managers.get(identity), "manager of a conflict")),
      fields: pathsOf(set).map(pathText),
    }));
  const causes: Cause[] = groups.flatMap(({ who, fields }) =>
    fields.map((field) => ({ reason: "FieldManagerConflict", message: `conflict with ${who}`, field })),
  );
  const [only] = causes;
  const message =
    causes.length === 1 && only !== undefined
      ? `Apply failed with 1 conflict: ${only.message}: ${only.field}`
      : `Apply failed with ${causes.length} conflicts: ${groups
          .flatMap(({ who, fields }) => [`conflicts with ${who}:`, ...fields.map((field) => `- ${field}`)])
          .join("\n")}`;
  const head = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure" } as const;
  return { ...head, message, reason: "Conflict", details: { causes }, code: 409 };
}

function managerText(given: { manager: string; operation: string; apiVersion: string; subresource: string }): string {
  const { manager, operation, apiVersion, subresource } = given;
  const named = `${goQuote(manager)}${subresource === "" ? "" : ` with subresource ${goQuote(subresource)}`}`;
  return operation === "Update" ? `${named} using ${apiVersion}` : named;
}

/** The answer to what upstream's handlers give no reason for. */
export function plainFailure(message: string): Status {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, code: 500 };
}
