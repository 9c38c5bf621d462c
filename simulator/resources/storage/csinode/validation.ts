import { child, duplicate, type FieldError, index, invalid, required, tooLong } from "../../../api/meta/field-error.ts";
import { byteLength } from "../../../api/meta/go-text.ts";
import { IMMUTABLE_ERROR, isQualifiedName, NEGATIVE_ERROR } from "../../../api/meta/validation.ts";
import type { CSINodeDriver } from "../../../api/schema/generated/types.ts";
import type { CsiNode } from "../../../api/volumes/refs.ts";
import { equalJson } from "../../../base/json.ts";
import { validateCsiDriverName } from "../../core/pod/validation/volume-network.ts";

const MAX_NODE_ID_BYTES = 256;

// Models pkg/apis/storage/validation ValidateCSINode
export function validateCsiNode({ spec }: CsiNode): readonly FieldError[] {
  const seen = new Set<string>();
  return (spec.drivers ?? []).flatMap((driver, at) => {
    const path = index("spec.drivers", at);
    const errors = [...validateDriver(driver, path)];
    if (seen.has(driver.name)) errors.push(duplicate(child(path, "name"), driver.name));
    seen.add(driver.name);
    return errors;
  });
}

// Models pkg/apis/storage/validation ValidateCSINodeUpdate: what a driver said of itself stays, but for its room.
export function validateCsiNodeUpdate(node: CsiNode, old: CsiNode): readonly FieldError[] {
  const changed = (old.spec.drivers ?? []).flatMap((before) => {
    const now = node.spec.drivers?.find(({ name }) => name === before.name);
    if (now === undefined || equalJson({ ...now, allocatable: 0 }, { ...before, allocatable: 0 })) return [];
    return [invalid("CSINodeDriver", now.name, IMMUTABLE_ERROR)];
  });
  return [...validateCsiNode(node), ...changed];
}

function validateDriver({ name = "", nodeID = "", topologyKeys = [], allocatable }: CSINodeDriver, path: string) {
  const idPath = child(path, "nodeID");
  const keysPath = child(path, "topologyKeys");
  const seen = new Set<string>();
  const errors: FieldError[] = [...validateCsiDriverName(name, child(path, "name"))];
  if (nodeID === "") errors.push(required(idPath));
  if (byteLength(nodeID) > MAX_NODE_ID_BYTES) errors.push(tooLong(idPath, MAX_NODE_ID_BYTES));
  if (allocatable?.count !== undefined && allocatable.count < 0) {
    errors.push(invalid(child(path, "allocatable", "count"), allocatable.count, NEGATIVE_ERROR));
  }
  for (const [at, key] of topologyKeys.entries()) {
    if (key === "") errors.push(required(keysPath));
    if (seen.has(key)) errors.push(duplicate(keysPath, key));
    seen.add(key);
    errors.push(...isQualifiedName(key).map((text) => invalid(index(keysPath, at), key, text)));
  }
  return errors;
}
