import type { Pod } from "../../api/refs.ts";
import type { Container } from "../../api/schema/generated/types.ts";
import type { NetworkRequest, NetworkResponse, NetworkView } from "../../network/network-view.ts";
import type { FileView } from "../files/view.ts";

/** Who asks a program something, and on which of its ports. */
export interface Caller {
  readonly port: number;
  /** The caller's address, and its port. */
  readonly from: string;
  readonly fromPort: number;
}

export interface ProgramRequest extends NetworkRequest, Caller {
  /** Whether it came over TLS. */
  readonly secure: boolean;
}

/** What a program keeps in memory. It goes with its process; keys and values are bounded (see program-world.ts). */
export interface ProgramMemory {
  get(key: string): string | undefined;
  /** False when it is full. */
  set(key: string, value: string): boolean;
  delete(key: string): boolean;
  readonly keys: readonly string[];
}

/**
 * What a running program can see and do while it answers. Everything is made when it is asked for: most programs are
 * never asked for anything.
 */
export interface ProgramWorld {
  readonly container: Container;
  /** The words of its command line when the container gives its own. */
  readonly words: readonly string[] | undefined;
  readonly pod: Pod;
  readonly hostname: string;
  readonly podIp: string;
  readonly nodeAddress: string;
  /** Its environment, from all sources. */
  readonly env: Readonly<Record<string, string>>;
  readonly files: FileView;
  /** True when nothing but the image's own files is there: no volumes of the pod's, nothing written. */
  readonly pristine: boolean;
  /** The network as its pod sees it. */
  readonly network: NetworkView;
  /** Milliseconds since 1970: now, and when the process was started. */
  readonly epochMs: number;
  readonly startedEpochMs: number;
  readonly memory: ProgramMemory;
  /** Writes a line to its output. */
  log(stream: "stdout" | "stderr", line: string): void;
  /** The process ends by itself, so much later. */
  end(exitCode: number, afterMs: number): void;
}

/** One line that a program writes of itself, at a time after its start. */
export interface LogLine {
  readonly afterMs: number;
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

export type HttpProgram = (request: ProgramRequest, world: ProgramWorld) => NetworkResponse;
export type BytesProgram = (
  bytes: string,
  world: ProgramWorld,
  caller: Caller & { readonly protocol: "tcp" | "udp" },
) => string;
/** The lines that a program writes by itself up to an age, in order. A pure function: it may be asked again. */
export type OwnLines = (world: ProgramWorld, ageMs: number) => readonly LogLine[];

const TYPES: { readonly [ending: string]: string } = {
  html: "text/html",
  htm: "text/html",
  css: "text/css",
  js: "application/javascript",
  json: "application/json",
  txt: "text/plain",
  xml: "text/xml",
  svg: "image/svg+xml",
  png: "image/png",
  jpg: "image/jpeg",
  gif: "image/gif",
  ico: "image/x-icon",
};

/** The media type of a file by its name's ending, or `otherwise`. */
export function mediaType(path: string, otherwise: string): string {
  return TYPES[path.slice(path.lastIndexOf(".") + 1).toLowerCase()] ?? otherwise;
}

/** A response with a body; its length is filled in. */
export function respond(
  status: number,
  body: string,
  type = "text/plain; charset=utf-8",
  headers: Readonly<Record<string, string>> = {},
): NetworkResponse {
  return { status, headers: { ...headers, "Content-Type": type, "Content-Length": String(body.length) }, body };
}

/** Texts that begin so are pages to Go's HTTP server, which looks at what it is given no type for. */
const PAGE_BEGINS =
  /^\s*<(!DOCTYPE HTML|HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A|STYLE|TITLE|B|BODY|BR|P)[ >]|^\s*<!--/i;

// Models net/http DetectContentType, for texts
/** The media type that Go finds for a text. */
export function sniffedType(body: string): string {
  return PAGE_BEGINS.test(body) ? "text/html; charset=utf-8" : "text/plain; charset=utf-8";
}

/** The words of a status code, as in `404 Not Found`. */
export function statusText(code: number): string {
  return STATUS_TEXTS[code] ?? "";
}

const STATUS_TEXTS: { readonly [code: number]: string } = {
  200: "OK",
  201: "Created",
  204: "No Content",
  206: "Partial Content",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  410: "Gone",
  413: "Request Entity Too Large",
  418: "I'm a teapot",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Temporarily Unavailable",
  504: "Gateway Time-out",
};

/** The path of a request without its query. */
export function pathOf({ path }: Pick<NetworkRequest, "path">): string {
  const mark = path.indexOf("?");
  return mark < 0 ? path : path.slice(0, mark);
}

/** The values of a request's query, decoded. */
export function queryOf({ path }: Pick<NetworkRequest, "path">): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const mark = path.indexOf("?");
  if (mark < 0) return values;
  for (const pair of path.slice(mark + 1).split("&")) {
    const equals = pair.indexOf("=");
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    if (name !== "" && !values.has(name)) values.set(name, equals < 0 ? "" : decode(pair.slice(equals + 1)));
  }
  return values;
}

function decode(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** A header's value, whatever the case of its name. */
export function headerOf({ headers }: Pick<NetworkRequest, "headers">, name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (const [key, value] of Object.entries(headers)) if (key.toLowerCase() === wanted) return value;
  return undefined;
}
