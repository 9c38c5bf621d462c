import type { JsonValue } from "../../../base/json.ts";
import { asList, asMap, type Place, placeOfKey, type Shapes } from "../../apply/shapes.ts";
import { entries } from "../../apply/walk.ts";

// Models apiserver pkg/admission/plugin/policy/mutating/patch findAtomics
/** The parts of a configuration that could only be replaced whole: a policy may not. */
export function atomicPaths(shapes: Shapes, place: Place, value: JsonValue, path = ""): readonly string[] {
  const shape = shapes.of(place, value);
  if (shape.kind === "scalar") return [];
  const own = shape.atomic ? [path] : [];
  if (shape.kind === "list") {
    const items = asList(value) ?? [];
    return [...own, ...items.flatMap((item, at) => atomicPaths(shapes, shape.item, item, `${path}[${at}]`))];
  }
  const below = entries(asMap(value)).flatMap(([key, item]) => {
    const inner = placeOfKey(shape, key);
    return inner === undefined ? [] : atomicPaths(shapes, inner, item, `${path}.${key}`);
  });
  return [...own, ...below];
}
