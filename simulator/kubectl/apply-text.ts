import { isObject } from "../base/json.ts";
import { fromDocuments } from "./cli/builder.ts";
import { ApiError, Client } from "./cli/client.ts";
import { type Call, CommandError } from "./cli/command.ts";
import { Discovery } from "./cli/discovery.ts";
import { parseFlags } from "./cli/flags.ts";
import { GLOBAL_FLAGS } from "./cli/global-flags.ts";
import { type ManifestDocument, parseManifests } from "./documents.ts";
import { insideHost } from "./embedded.ts";
import { printedName } from "./mapping.ts";
import type { Transport } from "./transport.ts";
import { apply } from "./verbs/apply/apply.ts";
import { applyOne } from "./verbs/apply/one.ts";
import { type ApplyProblem, problemsOf } from "./verbs/apply/problems.ts";

export interface ApplyOptions {
  /** For objects that name none; `default` when absent. */
  readonly namespace?: string;
  /** How messages name the input: `STDIN`, or the file's path. */
  readonly source?: string;
}

/** What became of one document of the text. */
export interface ApplyDocument {
  readonly ok: boolean;
  /** What kubectl prints: `deployment.apps/web created`, or the server's sentence. */
  readonly message: string;
  /** First line of the document in the text, from 1. */
  readonly line: number;
  readonly problems: readonly ApplyProblem[];
  /** Warnings of the server, as kubectl prints them. */
  readonly warnings: readonly string[];
  readonly applied?: { readonly kind: string; readonly key: string };
}

export interface ApplyResult {
  readonly results: readonly ApplyDocument[];
}

/**
 * `kubectl apply -f` of a text, document by document, with the places of problems: one that fails is reported and the
 * others are carried out all the same.
 */
export async function applyText(transport: Transport, text: string, options: ApplyOptions = {}): Promise<ApplyResult> {
  const warnings: string[] = [];
  const call = callFor(transport, options.namespace || "default", (line) => warnings.push(line.replace(/\n$/, "")));
  const discovery = new Discovery(call.client);
  const results: ApplyDocument[] = [];
  for (const document of parseManifests(text).flatMap(itemsOf)) {
    const done = await applyDocument(call, discovery, document, options.source ?? "STDIN");
    results.push({ ...done, warnings: warnings.splice(0) });
  }
  const nothing = { ok: false, line: 1, message: "error: no objects passed to apply", problems: [], warnings: [] };
  return { results: results.length > 0 ? results : [nothing] };
}

function callFor(transport: Transport, namespace: string, hear: (line: string) => void): Call {
  const parsed = parseFlags(["-f", "-"], [...(apply.flags ?? []), ...GLOBAL_FLAGS]);
  if (!parsed.ok) throw new Error(parsed.error);
  const client = new Client({
    transport,
    streams: undefined,
    namespace,
    namespaceGiven: false,
    as: {},
    server: "",
    lookUps: 0,
    log: () => undefined,
    warn: hear,
  });
  const host = insideHost({ transport, out: () => undefined, err: hear });
  return { command: apply, path: "kubectl apply", ...parsed.value, host, client };
}

/** A List stands for its items. */
function itemsOf(document: ManifestDocument): readonly ManifestDocument[] {
  const { object } = document;
  if (object?.kind !== "List" || !Array.isArray(object.items)) return [document];
  return object.items.map((item, index) => {
    const locate = (path: string) => document.locate(`items[${index}].${path}`);
    return { line: document.locate(`items[${index}]`).line, object: isObject(item) ? item : {}, locate };
  });
}

type Done = Omit<ApplyDocument, "warnings">;

async function applyDocument(
  call: Call,
  discovery: Discovery,
  document: ManifestDocument,
  source: string,
): Promise<Done> {
  const { line } = document;
  const { infos, problems } = await fromDocuments(call, discovery, [{ source, document }], { checkTypes: true });
  const [info] = infos;
  const [problem] = problems;
  if (info === undefined) return failed(document, problem ?? new CommandError("error: no objects passed to apply"));
  try {
    const { operation } = await applyOne(call, info);
    const { mapping, namespace, name } = info;
    const key = mapping.namespaced ? `${namespace}/${name}` : name;
    const message = `${printedName(mapping, name)} ${operation}`;
    return { ok: true, line, message, problems: [], applied: { kind: mapping.kind, key } };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return failed(document, error);
  }
}

function failed(document: ManifestDocument, error: CommandError): Done {
  const message = error instanceof ApiError ? error.amongOthers : error.message;
  return { ok: false, line: document.line, message, problems: placesOf(document, error) };
}

/** Sentences of kubectl's own, and the field that each is about. */
const PLACES: readonly (readonly [RegExp, string])[] = [
  [/no matches for kind .*$/m, "kind"],
  [/from .*: cannot use generate name with apply$/, "metadata.generateName"],
  [/resource name may not be empty$/, "metadata.name"],
];

function placesOf(document: ManifestDocument, error: CommandError): readonly ApplyProblem[] {
  if (error instanceof ApiError) return problemsOf(document, error.response);
  if (document.error !== undefined) {
    const { message, at } = document.error;
    return [{ message, ...at }];
  }
  for (const [pattern, fieldPath] of PLACES) {
    const found = pattern.exec(error.message);
    if (found !== null) return [{ message: found[0], fieldPath, ...document.locate(fieldPath) }];
  }
  const untyped = /error validating data: (.*?); if you choose/.exec(error.message)?.[1];
  return [{ message: untyped ?? error.message.replace(/^error: /, ""), line: document.line }];
}
