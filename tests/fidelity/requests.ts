import { type ApiRequest, type ApiResponse, type JsonObject, type Simulation, toYaml } from "../../simulator/index.ts";
import { differences, evenMessage, type Json } from "./masks.ts";

interface RecordedRequest {
  readonly verb: string;
  readonly path: string;
  readonly query?: string;
  readonly contentType?: string;
  readonly body?: unknown;
  readonly headers?: { readonly [name: string]: string };
  readonly asUser?: string;
  readonly asGroups?: readonly string[];
  readonly credentials?: string;
}

interface Wait {
  readonly wait: string;
  readonly "until set": string;
}

export interface RecordedCase {
  readonly name: string;
  readonly setup?: readonly (RecordedRequest | Wait)[];
  readonly request: RecordedRequest;
  readonly crd?: string;
  readonly namespaceLabels?: { readonly [key: string]: string };
  readonly response: {
    readonly code: number;
    readonly body: unknown;
    readonly warnings?: readonly string[];
    readonly resourceVersionChanged?: boolean;
  };
}

const USER_AGENT = "reference-recorder";

/** Plays one recorded case on a cluster of its own: what of the answer differs, nothing when all is as recorded. */
export function playCase(cluster: Simulation, one: RecordedCase, crds: readonly JsonObject[]): string[] {
  const namespaces = ["ref-defaults", "ref-errors", "ref-requests", "ref-fresh", "ref-tables"];
  for (const name of namespaces) {
    const labels = name === "ref-fresh" ? one.namespaceLabels : undefined;
    const body = { apiVersion: "v1", kind: "Namespace", metadata: { name, ...(labels && { labels }) } };
    cluster.request({ method: "POST", path: "/api/v1/namespaces", body: body as JsonObject, userAgent: USER_AGENT });
  }
  if (one.crd !== undefined) {
    const crd = crds.find(
      ({ metadata }) =>
        (metadata as Json | undefined)?.name === one.crd || String((metadata as Json).name).startsWith(`${one.crd}.`),
    );
    const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    if (crd !== undefined) cluster.request({ method: "POST", path, body: crd });
  }
  // Service accounts of the new namespaces, and the definition's endpoints.
  cluster.advanceTo(cluster.nowMs + 2000);
  for (const step of one.setup ?? []) {
    if ("wait" in step) waitFor(cluster, step);
    else send(cluster, step);
  }
  const answer = send(cluster, one.request);
  return compare(one, answer);
}

function waitFor(cluster: Simulation, { wait, "until set": field }: Wait): void {
  for (let count = 0; count < 120; count++) {
    let value: unknown = cluster.request({ method: "GET", path: wait }).body;
    for (const key of field.replace(/^\./, "").split(".")) value = (value as Json | undefined)?.[key];
    if (value !== undefined) return;
    cluster.advanceTo(cluster.nowMs + 500);
  }
}

interface Played {
  readonly code: number;
  readonly body: unknown;
  readonly warnings: readonly string[];
}

function send(cluster: Simulation, request: RecordedRequest): Played {
  const { verb, path, query, contentType, body, headers, asUser, asGroups, credentials } = request;
  const whole: ApiRequest = {
    method: verb as ApiRequest["method"],
    path: query === undefined ? path : `${path}?${query}`,
    userAgent: USER_AGENT,
    ...(contentType !== undefined && { contentType }),
    ...(headers?.Accept !== undefined && { accept: headers.Accept }),
    ...(body !== undefined && body !== null && { body: (spelledOut(body) ?? body) as JsonObject }),
    ...(asUser !== undefined && { impersonate: { user: asUser, ...(asGroups && { groups: asGroups }) } }),
    ...(credentials === "none" && { user: "system:anonymous", groups: ["system:unauthenticated"] }),
  };
  if (/[?&]watch=(1|true)/.test(whole.path)) return watched(cluster, whole);
  const answer: ApiResponse = cluster.request(whole);
  const asYaml = headers?.Accept === "application/yaml" && answer.text === undefined;
  const shown = asYaml ? toYaml(answer.body) : (answer.text ?? answer.body);
  return { code: answer.code, body: shown, warnings: answer.warnings };
}

/** A recording leaves out what is large: `<1048665 bytes>` is a config map with one key of so many letters. */
function spelledOut(body: unknown): string | undefined {
  const [, bytes] = /^<(\d+) bytes>$/.exec(String(body)) ?? [];
  if (bytes === undefined) return undefined;
  const around = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "cm" }, data: { a: "" } });
  return around.replace('"a":""', `"a":"${"x".repeat(2 ** 20 + 1)}"`);
}

/** The events of a watch up to its end, a second later. */
function watched(cluster: Simulation, request: ApiRequest): Played {
  const opened = cluster.watch(request);
  if (!opened.ok) return { code: opened.error.code, body: opened.error.body, warnings: [] };
  cluster.advanceTo(cluster.nowMs + 1000);
  const events: unknown[] = [...opened.value.next()];
  const bookmark = opened.value.bookmark();
  return { code: 200, body: bookmark === undefined ? events : [...events, bookmark], warnings: [] };
}

function compare({ response, request }: RecordedCase, answer: Played): string[] {
  const found: string[] = [];
  if (answer.code !== response.code) found.push(`code: ${answer.code} instead of ${response.code}`);
  // A text's body is compared as text; JSON that went out as text is read first.
  const actual =
    typeof answer.body === "string" && typeof response.body !== "string" ? parsed(answer.body) : answer.body;
  found.push(
    ...differences(evenMessage(response.body), evenMessage(JSON.parse(JSON.stringify(actual ?? null))), "body"),
  );
  const warnings = (response.warnings ?? []).map((header) =>
    header
      .replace(/^299 \S+ "/, "")
      .replace(/"$/, "")
      .replaceAll('\\"', '"'),
  );
  if (request.verb !== "GET") found.push(...differences(warnings, answer.warnings, "warnings"));
  return found;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
