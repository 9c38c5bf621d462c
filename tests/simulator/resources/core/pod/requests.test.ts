import { describe, expect, it } from "vitest";
import type { Status } from "../../../../../simulator/api/errors.ts";
import type { Pod } from "../../../../../simulator/api/refs.ts";
import type { Result } from "../../../../../simulator/base/result.ts";
import { referenceFolder } from "../../../../reference.ts";
import { comparable, type Json, matches, readCases } from "../../cases.ts";
import { decodePod, PodBench, patchedPod, warningText } from "./pods.ts";

interface Request {
  readonly verb: string;
  readonly path: string;
  readonly query?: string;
  readonly contentType?: string;
  readonly body?: Json;
}

interface ErrorCase {
  readonly name: string;
  readonly setup?: readonly Request[];
  readonly request: Request;
  readonly response: { readonly code: number; readonly body: Json; readonly warnings?: readonly string[] };
}

/** What is answered by other parts of the server than the kind. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "podupdate-namespace": "the server compares the names of body and path",
  "podupdate-kind": "the server compares the kinds of body and path",
  "podupdate-strategic-merge-key-missing": "the patch",
  "req-update-pod-binding": "the binding subresource",
  "req-update-pod-after-binding": "the binding subresource",
  "req-update-pod-eviction-dry-run": "the eviction subresource",
  "podupdate-resize-sub-unresized": "the resize subresource",
  "podupdate-put-wrong-name": "the server compares the names of body and path",
  "podupdate-put-bad-uid": "the storage's preconditions",
  "podupdate-binding-kind": "the binding subresource",
  "podupdate-binding-gated": "the binding subresource",
  "podupdate-log-bad-container": "the log subresource",
  "podupdate-log-two-containers": "the log subresource",
  "podupdate-log-bad-tail": "the log subresource",
};

/** The names in a pod's path: `/api/v1/namespaces/NAMESPACE/pods/NAME/SUBRESOURCE`. */
function namesOf(path: string): { namespace: string; key: string; subresource: string } {
  const [, , , , namespace = "", , name = "", subresource = ""] = path.split("/");
  return { namespace, key: `${namespace}/${name}`, subresource };
}

function send(bench: PodBench, { verb, path, query, contentType = "", body }: Request): Result<Pod, Status> {
  const { namespace, key, subresource } = namesOf(path);
  if (verb === "POST") return bench.create(body ?? {}, namespace);
  if (verb === "DELETE") {
    const asked = query?.match(/gracePeriodSeconds=(\d+)/)?.[1] ?? body?.gracePeriodSeconds;
    return bench.delete(key, asked === undefined ? undefined : Number(asked));
  }
  if (subresource === "ephemeralcontainers") return bench.debug(key, (old) => patchedPod(old, body ?? {}, contentType));
  const part = subresource === "status" ? "status" : "";
  if (verb === "PATCH") return bench.update(key, (old) => patchedPod(old, body ?? {}, contentType), part);
  const metadata = { namespace, ...(body?.metadata as Json) };
  return bench.update(key, () => decodePod({ ...body, metadata }), part);
}

/** The causes as a set, and the message as its parts: upstream checks some things twice, and walks maps. */
function problemsOf(status: Json): Json {
  const details = status.details as { causes?: readonly unknown[] } | undefined;
  const causes = new Set(details?.causes?.map((cause) => JSON.stringify(cause)));
  const message = String(status.message).replace(/: \[(.*)\]$/s, ": $1");
  return { ...status, message, details: { ...details, causes: [...causes].sort() } };
}

function podCases(...files: readonly string[]): readonly ErrorCase[] {
  const cases = files.flatMap((file) => readCases<ErrorCase>(file));
  return cases.filter(({ name, request }) => ELSEWHERE[name] === undefined && request.path.includes("/pods"));
}

const create = podCases("errors/pod.json");
const update = podCases("errors/podupdate.json", "requests/update.json");
const remove = podCases("errors/delete.json", "requests/delete.json");

/** Without the unset times that Go prints as null. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([name, item]) => [name, withoutNulls(item)]));
}

function play(one: ErrorCase): void {
  const bench = new PodBench();
  for (const request of one.setup ?? []) {
    const done = send(bench, request);
    if (!done.ok) throw new Error(`setup: ${done.error.message}`);
  }
  bench.warnings.length = 0;
  const answer = send(bench, one.request);
  const { code, body, warnings = [] } = one.response;
  expect(bench.warnings).toEqual(warnings.map(warningText));
  if (code < 300) {
    if (!answer.ok) throw new Error(answer.error.message);
    const actual = comparable(answer.value);
    const expected = withoutNulls(comparable(body));
    if (!matches(expected, actual)) expect(actual).toEqual(expected);
    return;
  }
  if (answer.ok) throw new Error("accepted");
  const actual = problemsOf(answer.error as unknown as Json);
  const expected = problemsOf(body);
  if (!matches(expected, actual)) expect(actual).toEqual(expected);
}

describe.skipIf(referenceFolder() === undefined)("answers of a real API server", () => {
  describe(`${create.length} new pods`, () => {
    it.each(create.map((one) => [one.name, one] as const))("%s", (_name, one) => play(one));
  });

  describe(`${update.length} changes of pods`, () => {
    it.each(update.map((one) => [one.name, one] as const))("%s", (_name, one) => play(one));
  });

  describe(`${remove.length} deletions of pods`, () => {
    it.each(remove.map((one) => [one.name, one] as const))("%s", (_name, one) => play(one));
  });
});
