import type { ApiRequest, ApiResponse } from "../../api/http.ts";
import type { ChannelMessage } from "../../api/streams.ts";
import { isObject } from "../../base/json.ts";
import { failureOf, type OpenStream, type StreamTransport, serverError, type Transport } from "../transport.ts";
import { CommandError, complaint } from "./command.ts";
import { klogLine } from "./klog.ts";

export const USER_AGENT = "kubectl/v1.36.2 (linux/amd64) kubernetes/98b3519";

/** A server's refusal, kept whole for commands that care which it is. */
export class ApiError extends CommandError {
  readonly response: ApiResponse;

  /** Its line where several failures are told together. */
  readonly amongOthers: string;

  constructor(response: ApiResponse, doing = "", ofFile = false) {
    super(aloneText(response, doing), 1, "", ofFile);
    this.response = response;
    this.amongOthers = serverError(response, doing);
  }

  get reason(): string {
    return failureOf(this.response)?.reason ?? "";
  }
}

// Models kubectl pkg/cmd/util helpers.go checkErr
/** A refusal as it is told when it is all there is to tell: an invalid object by its causes. */
function aloneText(response: ApiResponse, doing: string): string {
  const failure = failureOf(response);
  if (failure?.reason === "Unauthorized") return `error: You must be logged in to the server (${failure.message})`;
  if (failure?.reason !== "Invalid") return serverError(response, doing);
  const details = isObject(response.body.details) ? response.body.details : undefined;
  if (details === undefined) return `The request is invalid: ${failure.message}`;
  const { kind = "", name = "" } = details;
  const isNamed = kind !== "" || name !== "";
  const all = Array.isArray(details.causes) ? details.causes.filter(isObject) : [];
  const causes = [...new Set(all.map(({ field, message }) => `${String(field ?? "")}: ${String(message ?? "")}`))];
  const what = isNamed ? `The ${String(kind)} ${JSON.stringify(String(name))} is invalid` : "The request is invalid";
  if (causes.length === 0) return isNamed ? what : `${what}: ${failure.message}`;
  const text = causes.length === 1 ? causes[0] : `\n${causes.map((cause) => `* ${cause}`).join("\n")}`;
  // A line's end is added to what ends with one already.
  return `${what}: ${text}${text?.endsWith("\n") ? "\n" : ""}`;
}

const UNAVAILABLE = 503;

/** From this verbosity on, the log has the whole of a refusal. */
const RESPONSES_AT = 4;

// Models kubectl pkg/cmd/util helpers.go StandardErrorMessage, whose line forgets to put the answer where it belongs
/** The line of the log about a refusal; empty where nothing is to be said. */
export function responseText(problem: CommandError, verbosity: number, nowEpochMs: number): string {
  if (!(problem instanceof ApiError) || verbosity < RESPONSES_AT) return "";
  const { kind, apiVersion, metadata, status, message, reason, details, code } = problem.response.body;
  const text = JSON.stringify({ kind, apiVersion, metadata, status, message, reason, details, code }, null, 2);
  return klogLine("I", nowEpochMs, "helpers.go:246", `server response object: %s[${text}]`);
}

interface ClientOptions {
  readonly transport: Transport;
  /** Absent where the host knows of nothing that goes on. */
  readonly streams: StreamTransport | undefined;
  /** `-n` or the context's. */
  readonly namespace: string;
  /** Whether the namespace was named on the command line. */
  readonly namespaceGiven: boolean;
  /** Sent with every request: who is impersonated, a token. */
  readonly as: Pick<ApiRequest, "impersonate" | "token">;
  /** The address that is spoken to. */
  readonly server: string;
  /** How often this command looks in vain for what a server serves, when nobody is there. */
  readonly lookUps: number;
  /** A line of kubectl's own log. */
  readonly log: (level: "E" | "I", place: string, text: string) => void;
  /** Prints the warnings of an answer. */
  readonly warn: (text: string) => void;
  /** For `-v=6` and up: hears every exchange. */
  readonly trace?: (request: ApiRequest, response: ApiResponse) => void;
}

/** The API as one command line speaks to it. */
export class Client {
  readonly namespace: string;
  readonly namespaceGiven: boolean;
  readonly #options: ClientOptions;
  readonly #warned = new Set<string>();

  constructor(options: ClientOptions) {
    this.#options = options;
    this.namespace = options.namespace;
    this.namespaceGiven = options.namespaceGiven;
  }

  /** One exchange; refusals are answers too. Warnings are printed. */
  async ask(request: ApiRequest): Promise<ApiResponse> {
    const { transport, as, warn, trace } = this.#options;
    const response = this.#located(request, await transport({ userAgent: USER_AGENT, ...as, ...request }));
    trace?.(request, response);
    for (const text of response.warnings) {
      // The same is said once.
      if (!this.#warned.has(text)) warn(`Warning: ${text}`);
      this.#warned.add(text);
    }
    return response;
  }

  // Models net/url Error
  /** An answer of nobody says what was asked, and where. */
  #located({ method, path }: ApiRequest, response: ApiResponse): ApiResponse {
    const { message } = response.body;
    if (response.code !== UNAVAILABLE || typeof message !== "string" || !message.startsWith("dial tcp "))
      return response;
    const verb = method.charAt(0) + method.slice(1).toLowerCase();
    const whole = `${verb} "${this.#options.server}${path}": ${message}`;
    return { ...response, body: { ...response.body, message: whole } };
  }

  /** One exchange that must succeed; throws an ApiError. */
  async demand(request: ApiRequest, doing = ""): Promise<ApiResponse> {
    const response = await this.ask(request);
    if (failureOf(response) !== undefined) throw new ApiError(response, doing);
    return response;
  }

  /** Opens what goes on; throws an ApiError when the server refuses. */
  async open(request: ApiRequest, hear: (message: ChannelMessage) => void): Promise<OpenStream> {
    const { streams, as } = this.#options;
    if (streams === undefined) throw complaint("this terminal has no way to streams");
    const opened = await streams({ userAgent: USER_AGENT, ...as, ...request }, hear);
    if (!opened.ok) throw new ApiError(opened.error);
    return opened.value;
  }

  // Models client-go discovery/cached/memory: each vain look at what a server serves is logged
  noteUnreachable(path: string, response: ApiResponse): void {
    const { lookUps, log } = this.#options;
    const problem = this.lookUpProblem(path, response);
    if (problem === undefined) return;
    const error = `couldn't get current server API group list: ${problem}`;
    for (let look = 0; look < lookUps; look++) {
      log("E", "memcache.go:265", `"Unhandled Error" err=${JSON.stringify(error)}`);
    }
  }

  /** What a look-up says of a server that is not there; undefined where there is one. */
  lookUpProblem(path: string, response: ApiResponse): string | undefined {
    const [, dial] = /(dial tcp .*)$/.exec(failureOf(response)?.message ?? "") ?? [];
    return dial === undefined ? undefined : `Get "${this.#options.server}${path}?timeout=32s": ${dial}`;
  }

  /** Tells the user something that is no failure. */
  say(text: string): void {
    this.#options.warn(text);
  }

  get(path: string): Promise<ApiResponse> {
    return this.demand({ method: "GET", path });
  }

  /** The transport itself with this client's identity, for what takes one. */
  get transport(): Transport {
    return (request) => this.ask(request);
  }
}
