import { humanDuration } from "../../api/meta/duration.ts";
import { timeOf } from "../../api/meta/time.ts";
import type { ObjectMeta, Taint, Toleration } from "../../api/schema/generated/types.ts";
import { LAST_APPLIED } from "../change/last-applied.ts";
import type { TextSink } from "./text.ts";

/*
 * Parts that descriptions of many kinds share. Models kubectl pkg/describe describe.go.
 */

type Pairs = { readonly [key: string]: string } | undefined;

const MAX_ANNOTATION = 140;
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const ZERO_DATE = "Mon, 01 Jan 0001 00:00:00 +0000";

/** `Thu, 01 Jan 2026 00:00:00 +0000`. Models time.RFC1123Z. */
export function dateText(time: string | undefined | null): string {
  const epochMs = timeOf(time);
  if (epochMs === undefined) return ZERO_DATE;
  const date = new Date(epochMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${WEEKDAYS[date.getUTCDay()]}, ${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]}`;
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":");
  return `${day} ${String(date.getUTCFullYear()).padStart(4, "0")} ${clock} +0000`;
}

/** `2026-01-01 00:00:00 +0000 UTC`. Models time.Time.String. */
export function goTimeText(time: string | undefined): string {
  const epochMs = timeOf(time);
  const text = epochMs === undefined ? "0001-01-01T00:00:00" : new Date(epochMs).toISOString().slice(0, 19);
  return `${text.replace("T", " ")} +0000 UTC`;
}

/** How long ago a time was, or `<unknown>`. */
export function sinceText(time: string | undefined | null, nowEpochMs: number): string {
  const epochMs = timeOf(time);
  return epochMs === undefined ? "<unknown>" : humanDuration(nowEpochMs - epochMs);
}

/** A list as Go prints it: `[a b]`. */
export function goList(values: readonly unknown[] = []): string {
  return `[${values.join(" ")}]`;
}

export function orNone(text: string | undefined): string {
  return text || "<none>";
}

export function boolText(value: boolean | undefined): string {
  return value === true ? "True" : "False";
}

/** Of a truth that may not be set. */
export function boolOrUnset(value: boolean | undefined): string {
  return value === undefined ? "<unset>" : boolText(value);
}

/** `a=b,c=d`, sorted. Models labels.FormatLabels. */
export function pairsText(pairs: Pairs): string {
  const all = pairs ?? {};
  return (
    Object.keys(all)
      .sort()
      .map((key) => `${key}=${all[key]}`)
      .join(",") || "<none>"
  );
}

/** Labels, one a line. */
export function writeLabels(out: TextSink, title: string, labels: Pairs, indent = ""): void {
  const pairs = labels ?? {};
  const lines = Object.keys(pairs)
    .sort()
    .map((key) => `${key}=${pairs[key]}`);
  writeLines(out, title, lines, indent);
}

/** A title with lines that stand below each other beside it. */
export function writeLines(out: TextSink, title: string, lines: readonly string[], indent = ""): void {
  out.write(0, `${indent}${title}:\t`);
  if (lines.length === 0) out.write(0, "<none>\n");
  lines.forEach((line, index) => {
    out.write(0, index === 0 ? `${line}\n` : `${indent}\t${line}\n`);
  });
}

function shortened(text: string): string {
  return text.length > MAX_ANNOTATION - 2 ? `${text.slice(0, MAX_ANNOTATION - 2)}...` : text;
}

/** Annotations, one a line; long ones and those of several lines below their name. */
export function writeAnnotations(out: TextSink, title: string, annotations: Pairs): void {
  const all = annotations ?? {};
  const keys = Object.keys(all)
    .filter((key) => key !== LAST_APPLIED)
    .sort();
  out.write(0, `${title}:\t`);
  if (keys.length === 0) out.write(0, "<none>\n");
  keys.forEach((key, index) => {
    if (index > 0) out.write(0, "\t");
    const value = (all[key] ?? "").replace(/\n$/, "");
    if (value.length + key.length + 2 <= MAX_ANNOTATION && !value.includes("\n")) {
      out.write(0, `${key}: ${value}\n`);
      return;
    }
    out.write(0, `${key}:\n`);
    for (const line of value.split("\n")) out.write(0, `\t  ${shortened(line)}\n`);
  });
}

/** `ReplicaSet/web-1`, of whoever controls the object; empty when nobody does. */
export function controllerOf(metadata: ObjectMeta | undefined): string {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller === true);
  return owner === undefined ? "" : `${owner.kind}/${owner.name}`;
}

/** `key=value:Effect`. Models core/v1 Taint.ToString. */
export function taintText({ key, value = "", effect }: Taint): string {
  if (!effect) return value === "" ? key : `${key}=${value}:`;
  return value === "" ? `${key}:${effect}` : `${key}=${value}:${effect}`;
}

const byKey = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function writeTaints(out: TextSink, title: string, taints: readonly Taint[] = []): void {
  const sortKey = ({ key, effect }: Taint) => `${effect},${key}`;
  writeLines(out, title, [...taints].sort((a, b) => byKey(sortKey(a), sortKey(b))).map(taintText));
}

export function writeTolerations(out: TextSink, title: string, tolerations: readonly Toleration[] = []): void {
  const sorted = [...tolerations].sort((a, b) => byKey(a.key ?? "", b.key ?? ""));
  writeLines(out, title, sorted.map(tolerationText));
}

function tolerationText({ key = "", value = "", effect = "", operator, tolerationSeconds }: Toleration): string {
  let text = key;
  if (value !== "") text += `=${value}`;
  if (effect !== "") text += `:${effect}`;
  // A toleration of everything has nothing before it.
  if (operator === "Exists" && value === "") text += key !== "" || effect !== "" ? " op=Exists" : "op=Exists";
  return tolerationSeconds === undefined ? text : `${text} for ${tolerationSeconds}s`;
}
