import { fail, ok, type Result } from "../base/result.ts";
import { badRequest, invalid, type Status, versionTooLarge } from "./errors.ts";
import { readJson } from "./json-text.ts";
import { type FieldError, fieldErrorMessage, forbidden, notSupported, toCause } from "./meta/field-error.ts";
import { goQuote } from "./meta/go-text.ts";
import { wholeNumber } from "./query-values.ts";
import type { Query } from "./routing.ts";
import { decodeBase64, encodeBase64 } from "./schema/base64.ts";

/** What a list is to show: from where on, how much, and as of when. */
export interface Page {
  /** 0: all. */
  readonly limit: number;
  /** Sort keys after this one. */
  readonly after: string;
  /** The revision as of which to list; undefined: now. */
  readonly revision: number | undefined;
  readonly isContinued: boolean;
  /** When the first page was sent, in virtual milliseconds; undefined: a page that is to be as things are now. */
  readonly begunMs?: number | undefined;
}

const MATCH = "resourceVersionMatch";

// Models apimachinery pkg/apis/meta/internalversion/validation ValidateListOptions
/** Refuses options of a list or a watch that can't be read, or do not go together. */
export function checkListOptions(query: Query, isWatch: boolean): Status | undefined {
  for (const name of ["timeoutSeconds", "limit"]) {
    const read = wholeNumber(query, name);
    if (!read.ok) return badRequest(read.error);
  }
  const text = (name: string) => query.get(name)?.[0] ?? "";
  const match = text(MATCH);
  const problems = isWatch ? watchProblems(match, query, text) : listProblems(match, query, text);
  if (problems.length === 0) return undefined;
  const kind = { group: "meta.k8s.io", kind: "ListOptions" };
  return invalid(kind, "", problems.map(fieldErrorMessage), problems.map(toCause));
}

type Text = (name: string) => string;

function listProblems(match: string, query: Query, text: Text): FieldError[] {
  const problems: FieldError[] = [];
  const refuse = (why: string) => problems.push(forbidden(MATCH, why));
  if (match !== "") {
    if (text("resourceVersion") === "") refuse(`${MATCH} is forbidden unless resourceVersion is provided`);
    if (text("continue") !== "") refuse(`${MATCH} is forbidden when continue is provided`);
    if (match !== "Exact" && match !== "NotOlderThan") {
      problems.push(notSupported(MATCH, match, ["Exact", "NotOlderThan", ""]));
    }
    if (match === "Exact" && text("resourceVersion") === "0") {
      refuse(`${MATCH} "exact" is forbidden for resourceVersion "0"`);
    }
  }
  if (query.has("sendInitialEvents")) {
    problems.push(forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
  }
  return problems;
}

function watchProblems(match: string, query: Query, text: Text): FieldError[] {
  const problems: FieldError[] = [];
  const asksForInitial = query.has("sendInitialEvents");
  if (asksForInitial && match !== "NotOlderThan") {
    problems.push(forbidden(MATCH, `sendInitialEvents requires setting ${MATCH} to NotOlderThan`));
  }
  if (match === "") return problems;
  if (!asksForInitial) {
    problems.push(forbidden(MATCH, `${MATCH} is forbidden for watch unless sendInitialEvents is provided`));
  }
  if (match !== "NotOlderThan") problems.push(notSupported(MATCH, match, ["NotOlderThan"]));
  if (text("continue") !== "") problems.push(forbidden(MATCH, `${MATCH} is forbidden when continue is provided`));
  return problems;
}

/** The revision that a request names, 0 where it names none; it must not lie in the future. */
export function revisionAsked(query: Query, current: number): Result<number, Status> {
  const text = query.get("resourceVersion")?.[0] ?? "";
  const asked = Number(text === "" ? "0" : text);
  if (!Number.isSafeInteger(asked) || asked < 0) {
    const why = `strconv.ParseUint: parsing ${goQuote(text)}: invalid syntax`;
    return fail(badRequest(`resourceVersion: Invalid value: ${goQuote(text)}: ${why}`));
  }
  return asked > current ? fail(versionTooLarge(asked, current)) : ok(asked);
}

/** The part of a collection that a list request asks for. */
export function pageOf(query: Query, current: number): Result<Page, Status> {
  const asksLimit = wholeNumber(query, "limit");
  if (!asksLimit.ok) return fail(badRequest(asksLimit.error));
  const limit = asksLimit.value ?? 0;
  const token = query.get("continue")?.[0] ?? "";
  const asked = revisionAsked(query, current);
  if (token !== "") {
    const read = decodeContinue(token);
    if (!read.ok) return fail(badRequest(`invalid continue token: continue key is not valid: ${read.error}`));
    if (asked.ok && asked.value !== 0) {
      return fail(badRequest("specifying resource version is not allowed when using continue"));
    }
    const { start, rv, begunMs } = read.value;
    return ok({ limit, after: start, revision: rv, isContinued: true, begunMs });
  }
  if (!asked.ok) return asked;
  const match = query.get(MATCH)?.[0] ?? "";
  const isExact = match === "Exact" || (match === "" && limit > 0 && asked.value !== 0);
  return ok({ limit, after: "", revision: isExact ? asked.value : undefined, isContinued: false });
}

/** The token is opaque to clients: the last key that was sent, and the revision and time of the first page; -1: any. */
export function encodeContinue(key: string, revision: number, begunMs?: number): string {
  const text = JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, start: key, at: begunMs });
  const base64 = encodeBase64(Uint8Array.from(text, (char) => char.charCodeAt(0)));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

interface Continued {
  readonly start: string;
  readonly rv: number | undefined;
  readonly begunMs: number | undefined;
}

// Models apiserver pkg/storage/continue.go DecodeContinue
function decodeContinue(token: string): Result<Continued, string> {
  let text = "";
  try {
    for (const byte of decodeBase64(token.replaceAll("-", "+").replaceAll("_", "/"))) text += String.fromCharCode(byte);
  } catch {
    return fail("illegal base64 data at input byte 0");
  }
  // Each character is a byte here: Go names the byte that it stumbles over.
  const read = readJson(text, true);
  if (!read.ok) return read;
  const { v, rv, start, at } = (read.value.value ?? {}) as { readonly [field: string]: unknown };
  if (v !== "meta.k8s.io/v1" || typeof rv !== "number")
    return fail(`server does not recognize this encoded version ${goQuote(String(v ?? ""))}`);
  if (typeof start !== "string" || start === "") return fail("missing start key");
  return ok({ start, rv: rv < 0 ? undefined : rv, begunMs: typeof at === "number" ? at : undefined });
}
