import { isObject, type JsonObject } from "../../base/json.ts";
import { failWith } from "../change/failures.ts";
import { type Built, build, type Info } from "../cli/builder.ts";
import { ApiError } from "../cli/client.ts";
import { type Call, type Command, CommandError, complaint } from "../cli/command.ts";
import { Discovery } from "../cli/discovery.ts";
import { ALL_NAMESPACES, FIELD_SELECTOR, SELECTOR } from "../cli/select-flags.ts";
import { moment, watchUntil } from "../cli/watching.ts";
import { pathOf, urlPart } from "../mapping.ts";
import { JsonPath, relaxedPath } from "../print/jsonpath.ts";
import { PathError } from "../print/jsonpath-parse.ts";
import { OBJECT_FORMATS, objectName, PRINT_FLAGS, printerFor } from "../print/printer.ts";
import { failureOf } from "../transport.ts";

const WEEK_MS = 168 * 3_600_000;
const TIMED_OUT = "timed out waiting for the condition";
const PATH_FORM =
  "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'";

/** What is waited for. `holds` throws a complaint about a condition that can't be looked at. */
type Condition =
  | { readonly kind: "delete" | "create" }
  | { readonly kind: "state"; readonly holds: (object: JsonObject) => boolean };

/** `kubectl wait`. Models kubectl pkg/cmd/wait. */
export const wait: Command = {
  name: "wait",
  lookUps: 4,
  use: "([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]] [options]",
  short: "Wait for a specific condition on one or many resources",
  flags: [
    { name: "all", type: "bool", default: "false", usage: "All objects of the types." },
    ALL_NAMESPACES,
    FIELD_SELECTOR,
    { name: "filename", short: "f", type: "stringSlice", default: "", usage: "Files with the objects." },
    {
      name: "for",
      type: "stringArray",
      default: "",
      usage: "create, delete, condition=NAME[=VALUE] or jsonpath='{PATH}'[=VALUE].",
    },
    { name: "local", type: "bool", default: "false", usage: "Taken for the sake of scripts." },
    { name: "recursive", short: "R", type: "bool", default: "true", usage: "Go through folders within folders." },
    SELECTOR,
    {
      name: "timeout",
      type: "duration",
      default: "30s",
      usage: "How long to wait; 0 looks once, less than 0 is a week.",
    },
    ...PRINT_FLAGS,
  ],
  run: runWait,
};

async function runWait(call: Call): Promise<number | undefined> {
  const { flags, host } = call;
  const printer = flags.text("output") === "" ? undefined : await printerFor(flags, host, OBJECT_FORMATS);
  const conditions = flags.list("for").map(conditionOf);
  if (conditions.length === 0) throw complaint("unrecognized condition: []");
  const timeoutMs = flags.durationMs("timeout") < 0 ? WEEK_MS : flags.durationMs("timeout");
  const deadlineMs = host.nowEpochMs() + timeoutMs;
  const isFor = (kind: Condition["kind"]) => conditions.some((condition) => condition.kind === kind);
  if (isFor("create")) await untilThere(call, deadlineMs);
  const { infos, problems } = await found(call);
  const isForDelete = isFor("delete");
  const unread = problems.filter((problem) => !(isForDelete && isNotFound(problem)));
  const failures: CommandError[] = [];
  for (const info of infos) {
    try {
      for (const condition of conditions) {
        const object = await fulfilled(call, info, condition, timeoutMs, deadlineMs);
        host.out(printer === undefined ? `${objectName(object)} condition met\n` : printer.print(object));
      }
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      failures.push(error);
    }
    if (host.interrupt.raised) return 1;
  }
  failWith(failures, unread);
  if (infos.length === 0 && !isForDelete) throw complaint("no matching resources found");
  return undefined;
}

function found(call: Call): Promise<Built> {
  const { flags, words, client } = call;
  return build(call, new Discovery(client), {
    words,
    filenames: flags.list("filename"),
    recursive: flags.on("recursive"),
    selector: flags.text("selector"),
    fieldSelector: flags.text("field-selector"),
    typeMeansAll: flags.on("all"),
    allNamespaces: flags.on("all-namespaces"),
    latest: true,
  });
}

function isNotFound(problem: CommandError): boolean {
  return problem instanceof ApiError && problem.reason === "NotFound";
}

async function untilThere(call: Call, deadlineMs: number): Promise<void> {
  const { host } = call;
  for (;;) {
    const { infos, problems } = await found(call);
    const problem = problems.find((each) => !isNotFound(each));
    if (problem !== undefined) throw problem;
    if (infos.length > 0 || host.interrupt.raised) return;
    if (host.nowEpochMs() >= deadlineMs) throw complaint(TIMED_OUT);
    await moment(call);
  }
}

/** Waits until one object is as wanted; gives it as it was then. */
async function fulfilled(
  call: Call,
  info: Info,
  condition: Condition,
  timeoutMs: number,
  deadlineMs: number,
): Promise<JsonObject> {
  const { mapping, namespace, name, object = {} } = info;
  if (condition.kind === "create") return object;
  const response = await call.client.ask({ method: "GET", path: pathOf(mapping, namespace, name) });
  const isGone = failureOf(response)?.reason === "NotFound";
  const typed = { apiVersion: object.apiVersion ?? "v1", kind: mapping.kind };
  if (condition.kind === "delete" && isGone) return object;
  if (failureOf(response) !== undefined) throw new ApiError(response);
  let last = response.body;
  if (condition.kind === "state" && condition.holds(last)) return last;
  if (timeoutMs === 0) throw complaint(`condition not met for ${mapping.plural}/${name}`);
  const path = `${pathOf(mapping, namespace, "")}?fieldSelector=${urlPart(`metadata.name=${name}`)}`;
  let isThere = false;
  const end = await watchUntil(call, { path, deadlineMs }, ({ type, object: seen }) => {
    isThere = true;
    if (type === "DELETED") return condition.kind === "delete";
    last = { ...typed, ...seen };
    return condition.kind === "state" && condition.holds(seen);
  });
  if (end === "done" || (condition.kind === "delete" && !isThere)) return last;
  throw complaint(`${TIMED_OUT} on ${mapping.plural}/${name}`);
}

// Models kubectl pkg/cmd/wait conditionFuncsFor
function conditionOf(text: string): Condition {
  const lower = text.toLowerCase();
  if (lower === "delete" || lower === "create") return { kind: lower };
  if (text.startsWith("condition=")) {
    const rest = text.slice("condition=".length);
    const cut = rest.indexOf("=");
    const [name, value] = cut < 0 ? [rest, "true"] : [rest.slice(0, cut), rest.slice(cut + 1)];
    return { kind: "state", holds: (object) => hasCondition(object, name, value) };
  }
  if (text.startsWith("jsonpath=")) return pathCondition(text.slice("jsonpath=".length));
  throw complaint(`unrecognized condition: ${JSON.stringify(text)}`);
}

function hasCondition(object: JsonObject, name: string, value: string): boolean {
  const status = isObject(object.status) ? object.status : {};
  const same = (a: unknown, b: string) => typeof a === "string" && a.toLowerCase() === b.toLowerCase();
  const all = Array.isArray(status.conditions) ? status.conditions.filter(isObject) : [];
  const condition = all.find(({ type, status: is }) => same(type, name) && typeof is === "string");
  if (condition === undefined) return false;
  const { generation } = isObject(object.metadata) ? object.metadata : {};
  const observed = condition.observedGeneration ?? status.observedGeneration;
  // What was said about an older state of the object tells nothing.
  if (typeof generation === "number" && typeof observed === "number" && observed < generation) return false;
  return same(condition.status, value);
}

/** Parts at single `=`; a double one belongs to the path. */
function splitAtEquals(input: string): string[] {
  return input
    .replaceAll("==", "\u0000")
    .split("=")
    .map((part) => part.replaceAll("\u0000", "=="));
}

function pathCondition(input: string): Condition {
  const parts = splitAtEquals(input);
  if (parts.length > 2) throw complaint(PATH_FORM);
  const [expression = "", given] = parts;
  const value = given?.replace(/^['"]+|['"]+$/g, "");
  if (value === "") {
    throw complaint(
      "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3",
    );
  }
  let path: JsonPath;
  try {
    const relaxed = relaxedPath(expression);
    if (relaxed === "") throw complaint("jsonpath expression cannot be empty");
    path = new JsonPath(relaxed, false);
  } catch (error) {
    if (error instanceof PathError) throw complaint(error.message);
    throw error;
  }
  return { kind: "state", holds: (object) => pathHolds(path, object, value) };
}

function pathHolds(path: JsonPath, object: JsonObject, value: string | undefined): boolean {
  const results = path.find(object);
  const [first] = results;
  if (first === undefined || first.length === 0) return false;
  if (results.length > 1) throw complaint("given jsonpath expression matches more than one list");
  if (first.length > 1) throw complaint("given jsonpath expression matches more than one value");
  if (value === undefined) return true;
  const [result] = first;
  if (Array.isArray(result) || isObject(result)) {
    throw complaint("jsonpath leads to a nested object or list which is not supported");
  }
  return String(result).trim() === value.trim();
}
