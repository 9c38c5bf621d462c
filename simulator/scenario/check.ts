import { isObject, type JsonObject, type JsonValue } from "../base/json.ts";
import { readPath } from "./path.ts";
import type { Check, Condition, ObjectCheck, Query } from "./schema.ts";

/** What is known of the cluster, now and then. */
export interface Facts {
  /** The objects of a query by uid, as last seen. */
  objects(query: Query): ReadonlyMap<string, JsonObject>;
  /** The uids of a query's objects when a step began. */
  before(query: Query, step: string): ReadonlySet<string>;
  /** Whether a remembered check has held since its step began. */
  hasHeld(check: Check): boolean;
}

/** Whether a check holds; if not, what is missing, in sentences. */
export interface Verdict {
  readonly holds: boolean;
  readonly missing: readonly string[];
}

const HOLDS: Verdict = { holds: true, missing: [] };

/** Judges a check by the facts. */
export function judge(check: Check, facts: Facts): Verdict {
  if ("all" in check) {
    const verdicts = check.all.map((each) => judge(each, facts));
    return { holds: verdicts.every(({ holds }) => holds), missing: verdicts.flatMap(({ missing }) => missing) };
  }
  if ("any" in check) {
    const verdicts = check.any.map((each) => judge(each, facts));
    if (verdicts.some(({ holds }) => holds)) return HOLDS;
    return { holds: false, missing: [verdicts.flatMap(({ missing }) => missing).join(" Or: ")] };
  }
  if ("ever" in check) return facts.hasHeld(check) ? HOLDS : judge(check.ever, facts);
  return judgeObjects(check, facts);
}

function judgeObjects(check: ObjectCheck, facts: Facts): Verdict {
  const { found, among } = counted(check, facts);
  const { count } = check;
  const atLeast = count === "all" ? Math.max(among, 1) : count.atLeast;
  const atMost = count === "all" ? Number.POSITIVE_INFINITY : count.atMost;
  if (found >= atLeast && found <= atMost) return HOLDS;
  return { holds: false, missing: [wording(check, found, found < atLeast ? atLeast : atMost)] };
}

function counted(check: ObjectCheck, facts: Facts): { readonly found: number; readonly among: number } {
  const { object: query, seen, since, where } = check;
  const objects = facts.objects(query);
  const before = seen === undefined ? undefined : facts.before(query, since);
  if (seen === "gone" && before !== undefined) {
    let found = 0;
    for (const uid of before) if (isGone(objects.get(uid))) found += 1;
    return { found, among: before.size };
  }
  let found = 0;
  let among = 0;
  for (const [uid, object] of objects) {
    if (before?.has(uid)) continue;
    among += 1;
    if (where.every((condition) => passes(object, condition))) found += 1;
  }
  return { found, among };
}

function isGone(object: JsonObject | undefined): boolean {
  return object === undefined || (isObject(object.metadata) && object.metadata.deletionTimestamp !== undefined);
}

function passes(object: JsonObject, { path, test }: Condition): boolean {
  const values = readPath(object, path);
  if ("exists" in test) return values.length > 0 === test.exists;
  if ("in" in test) {
    if (values.length === 0) return test.in.some((wanted) => wanted === 0 || wanted === false || wanted === "");
    return values.some((value) => test.in.some((wanted) => wanted === value));
  }
  const numbers: readonly JsonValue[] = values.length === 0 ? [0] : values;
  return numbers.some((value) => {
    if (typeof value !== "number") return false;
    return "atLeast" in test ? value >= test.atLeast : value <= test.atMost;
  });
}

function wording(check: ObjectCheck, found: number, wanted: number): string {
  if (check.missing !== undefined) {
    return check.missing.replaceAll("{found}", String(found)).replaceAll("{wanted}", String(wanted));
  }
  const { kind, namespace, name, selector } = check.object;
  const which = name ? ` ${name}` : selector ? ` with ${selector}` : "";
  const state = check.seen === undefined ? "" : check.seen === "new" ? " that are new" : " that are gone";
  return `${found} of ${wanted} found: ${kind}${which}${namespace ? ` in ${namespace}` : ""}${state}${described(check.where)}.`;
}

function described(where: readonly Condition[]): string {
  const parts = where.map(({ path, test }) => {
    if ("exists" in test) return `${path.text} is ${test.exists ? "there" : "absent"}`;
    if ("in" in test) return `${path.text} is ${test.in.join(" or ")}`;
    return "atLeast" in test ? `${path.text} is at least ${test.atLeast}` : `${path.text} is at most ${test.atMost}`;
  });
  return parts.length === 0 ? "" : ` where ${parts.join(" and ")}`;
}

/** Every query that a check looks at. */
export function queriesOf(check: Check): readonly Query[] {
  if ("all" in check) return check.all.flatMap(queriesOf);
  if ("any" in check) return check.any.flatMap(queriesOf);
  return "ever" in check ? queriesOf(check.ever) : [check.object];
}

/** Every remembered check in a check, those inside others too. */
export function rememberedIn(check: Check): readonly (Check & { readonly ever: Check; readonly since: string })[] {
  if ("all" in check) return check.all.flatMap(rememberedIn);
  if ("any" in check) return check.any.flatMap(rememberedIn);
  return "ever" in check ? [...rememberedIn(check.ever), check] : [];
}

/** The queries whose objects at the beginning of a step must be kept, with the step. */
export function momentsOf(check: Check): readonly { readonly query: Query; readonly step: string }[] {
  if ("all" in check) return check.all.flatMap(momentsOf);
  if ("any" in check) return check.any.flatMap(momentsOf);
  if ("ever" in check) return momentsOf(check.ever);
  return check.seen === undefined ? [] : [{ query: check.object, step: check.since }];
}
