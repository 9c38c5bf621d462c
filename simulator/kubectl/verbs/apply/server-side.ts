import type { JsonObject } from "../../../base/json.ts";
import { isObject } from "../../../base/json.ts";
import { LAST_APPLIED, lastAppliedText } from "../../change/last-applied.ts";
import { metadataOf } from "../../change/object.ts";
import { patch } from "../../change/write.ts";
import type { Info } from "../../cli/builder.ts";
import { ApiError } from "../../cli/client.ts";
import { type Call, complaint } from "../../cli/command.ts";
import { pathOf } from "../../mapping.ts";
import { failureOf } from "../../transport.ts";

const CLIENT_SIDE = "kubectl-client-side-apply";
const SERVER_SIDE = "kubectl";
const LAST_APPLIED_MANAGER = "kubectl-last-applied";
const LAST_APPLIED_FIELD = "f:kubectl.kubernetes.io/last-applied-configuration";

/** The name that owns the fields: another one for each way of applying, unless it is given. */
export function applyManager({ flags }: Pick<Call, "flags">): string {
  if (flags.changed("field-manager")) return flags.text("field-manager");
  return flags.on("server-side") ? SERVER_SIDE : CLIENT_SIDE;
}

const WAYS_OUT = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

// Models kubectl pkg/cmd/apply applyOneObject for --server-side
/** Sends a manifest for the server to merge; throws what it says about fields that others own. */
export async function applyOnServer(call: Call, info: Info, object: JsonObject): Promise<JsonObject> {
  const place = { ...info, subresource: call.flags.text("subresource") };
  const manager = applyManager(call);
  const query = `force=${call.flags.on("force-conflicts")}`;
  const send = async (body: JsonObject, more = query) => {
    try {
      return await patch(call, place, "apply", body, { manager, query: more });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.response.code !== 409) throw error;
      throw complaint(`${failureOf(error.response)?.message ?? ""}\n${WAYS_OUT}`);
    }
  };
  const applied = await send(object);
  if (call.flags.text("dry-run") !== "none") return applied;
  const kept = await keptAnnotation(call, info, applied, manager);
  const handed = await migrated(call, info, kept, manager);
  // What others owned until now, and the manifest lacks, goes with the second try.
  return handed === undefined ? kept : send(object);
}

interface Entry {
  readonly manager: string;
  readonly operation: string;
  readonly ownsLastApplied: boolean;
}

function entriesOf(object: JsonObject): readonly Entry[] {
  const { managedFields } = metadataOf(object);
  return (Array.isArray(managedFields) ? managedFields.filter(isObject) : []).map((entry) => {
    const metadata = isObject(entry.fieldsV1) ? entry.fieldsV1["f:metadata"] : undefined;
    const annotations = isObject(metadata) ? metadata["f:annotations"] : undefined;
    return {
      manager: String(entry.manager),
      operation: String(entry.operation),
      ownsLastApplied: isObject(annotations) && annotations[LAST_APPLIED_FIELD] !== undefined,
    };
  });
}

// Models kubectl pkg/cmd/apply saveLastApplyAnnotationIfNecessary
/** The annotation that the client's apply keeps gets an owner of its own, so that it is not lost with the others' fields. */
async function keptAnnotation(call: Call, info: Info, applied: JsonObject, manager: string): Promise<JsonObject> {
  const text = lastAppliedText(applied);
  const isOwned = entriesOf(applied).some(({ operation, ownsLastApplied }) => operation === "Apply" && ownsLastApplied);
  if (manager !== SERVER_SIDE || text === undefined || isOwned) return applied;
  const { name = "", namespace } = metadataOf(applied);
  const body = {
    apiVersion: applied.apiVersion ?? "",
    kind: applied.kind ?? "",
    metadata: { name, ...(namespace !== undefined && { namespace }), annotations: { [LAST_APPLIED]: text } },
  };
  return patch(call, info, "apply", body, { manager: LAST_APPLIED_MANAGER });
}

const CONFLICT = 409;
const MAX_TRIES = 5;

// Models kubectl pkg/cmd/apply migrateToSSAIfNecessary and client-go csaupgrade
/**
 * What was applied from the client's side before gives its fields over to the server-side manager, so that they can be
 * removed by it later. Gives the object when something was handed over.
 */
async function migrated(call: Call, info: Info, applied: JsonObject, manager: string): Promise<JsonObject | undefined> {
  let current = applied;
  for (let tries = 1; ; tries++) {
    try {
      return await handedOver(call, info, current, manager);
    } catch (error) {
      if (!(error instanceof ApiError) || error.response.code !== CONFLICT || tries >= MAX_TRIES) throw error;
      current = (await call.client.get(pathOf(info.mapping, info.namespace, info.name))).body;
    }
  }
}

async function handedOver(call: Call, info: Info, applied: JsonObject, manager: string) {
  if (lastAppliedText(applied) === undefined) return undefined;
  const owner = entriesOf(applied).find(({ operation, ownsLastApplied }) => operation === "Update" && ownsLastApplied);
  if (owner === undefined) return undefined;
  const { managedFields, resourceVersion = "" } = metadataOf(applied);
  const entries = Array.isArray(managedFields) ? managedFields.filter(isObject) : [];
  const isOld = (entry: JsonObject) =>
    entry.operation === "Update" && entry.manager === owner.manager && entry.subresource === undefined;
  const old = entries.find(isOld);
  const mine = entries.find((entry) => entry.operation === "Apply" && entry.manager === manager);
  if (old === undefined || mine === undefined) return undefined;
  const union = { ...mine, fieldsV1: unionOf(mine.fieldsV1, old.fieldsV1) };
  const kept = entries.filter((entry) => !isOld(entry)).map((entry) => (entry === mine ? union : entry));
  const operations = [
    { op: "replace", path: "/metadata/managedFields", value: kept },
    { op: "replace", path: "/metadata/resourceVersion", value: resourceVersion },
  ];
  return patch(call, info, "json", operations, { manager });
}

/** Both sets of fields in one. */
function unionOf(a: unknown, b: unknown): JsonObject {
  const [left, right] = [isObject(a) ? a : {}, isObject(b) ? b : {}];
  const merged: { [key: string]: JsonObject } = {};
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)]))
    merged[key] = unionOf(left[key], right[key]);
  return merged;
}
