import { describe, expect, it } from "vitest";
import type { Status } from "../../../../../simulator/api/errors.ts";
import type { Pod } from "../../../../../simulator/api/refs.ts";
import type { Result } from "../../../../../simulator/base/result.ts";
import { referenceFolder } from "../../../../reference.ts";
import { type Json, matches, readCases } from "../../cases.ts";
import { decodePod, PodBench, patchedPod, warningText } from "./pods.ts";

interface Request {
  readonly verb: string;
  readonly path: string;
  readonly contentType?: string;
  readonly body: Json;
}

interface ErrorCase {
  readonly name: string;
  readonly setup?: readonly Request[];
  readonly request: Request;
  readonly response: { readonly code: number; readonly body: Json; readonly warnings?: readonly string[] };
}

/** What is answered by other parts of the server than the kind. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "pod-quantity-suffix": "decoding",
  "podupdate-namespace": "the server compares the names of body and path",
  "podupdate-kind": "the server compares the kinds of body and path",
  "podupdate-strategic-merge-key-missing": "the patch",
  "podupdate-resize-sub-unresized": "the resize subresource",
  "podupdate-ephemeral-bad": "the ephemeralcontainers subresource",
  "podupdate-put-wrong-name": "the server compares the names of body and path",
  "podupdate-put-bad-uid": "the storage's preconditions",
  "podupdate-binding-kind": "the binding subresource",
  "podupdate-binding-gated": "the binding subresource",
  "podupdate-log-bad-container": "the log subresource",
  "podupdate-log-two-containers": "the log subresource",
  "podupdate-log-bad-tail": "the log subresource",
};

const KEY = "ref-errors/upd";

function send(bench: PodBench, { verb, path, contentType = "", body }: Request): Result<Pod, Status> {
  if (verb === "POST") return bench.create(body, "ref-errors");
  const subresource = path.endsWith("/status") ? "status" : "";
  if (verb === "PATCH") return bench.update(KEY, (old) => patchedPod(old, body, contentType), subresource);
  const metadata = { namespace: "ref-errors", ...(body.metadata as Json) };
  return bench.update(KEY, () => decodePod({ ...body, metadata }), subresource);
}

/** The causes as a set, and the message as its parts: upstream checks some things twice, and walks maps. */
function problemsOf(status: Json): Json {
  const details = status.details as { causes?: readonly unknown[] } | undefined;
  const causes = new Set(details?.causes?.map((cause) => JSON.stringify(cause)));
  const message = String(status.message).replace(/: \[(.*)\]$/s, ": $1");
  return { ...status, message, details: { ...details, causes: [...causes].sort() } };
}

const create = readCases<ErrorCase>("errors/pod.json").filter(({ name }) => ELSEWHERE[name] === undefined);
const update = readCases<ErrorCase>("errors/podupdate.json").filter(({ name }) => ELSEWHERE[name] === undefined);

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
    expect(answer).toMatchObject({ ok: true });
    return;
  }
  if (answer.ok) throw new Error("accepted");
  const actual = problemsOf(answer.error as unknown as Json);
  const expected = problemsOf(body);
  if (!matches(expected, actual)) expect(actual).toEqual(expected);
}

describe.skipIf(referenceFolder() === undefined)("refusals of a real API server", () => {
  describe(`${create.length} new pods`, () => {
    it.each(create.map((one) => [one.name, one] as const))("%s", (_name, one) => play(one));
  });

  describe(`${update.length} changes of pods`, () => {
    it.each(update.map((one) => [one.name, one] as const))("%s", (_name, one) => play(one));
  });
});
