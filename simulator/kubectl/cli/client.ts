import type { ApiRequest, ApiResponse } from "../../api/http.ts";
import { failureOf, serverError, type Transport } from "../transport.ts";
import { CommandError } from "./command.ts";

export const USER_AGENT = "kubectl/v1.36.2 (linux/amd64) kubernetes/98b3519";

/** A server's refusal, kept whole for commands that care which it is. */
export class ApiError extends CommandError {
  readonly response: ApiResponse;

  constructor(response: ApiResponse, doing = "") {
    super(serverError(response, doing));
    this.response = response;
  }

  get reason(): string {
    return failureOf(this.response)?.reason ?? "";
  }
}

interface ClientOptions {
  readonly transport: Transport;
  /** `-n` or the context's. */
  readonly namespace: string;
  /** Whether the namespace was named on the command line. */
  readonly namespaceGiven: boolean;
  /** Sent with every request: who is impersonated, a token. */
  readonly as: Pick<ApiRequest, "impersonate" | "token">;
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

  constructor(options: ClientOptions) {
    this.#options = options;
    this.namespace = options.namespace;
    this.namespaceGiven = options.namespaceGiven;
  }

  /** One exchange; refusals are answers too. Warnings are printed. */
  async ask(request: ApiRequest): Promise<ApiResponse> {
    const { transport, as, warn, trace } = this.#options;
    const response = await transport({ userAgent: USER_AGENT, ...as, ...request });
    trace?.(request, response);
    for (const text of response.warnings) warn(`Warning: ${text}`);
    return response;
  }

  /** One exchange that must succeed; throws an ApiError. */
  async demand(request: ApiRequest, doing = ""): Promise<ApiResponse> {
    const response = await this.ask(request);
    if (failureOf(response) !== undefined) throw new ApiError(response, doing);
    return response;
  }

  get(path: string): Promise<ApiResponse> {
    return this.demand({ method: "GET", path });
  }

  /** The transport itself with this client's identity, for what takes one. */
  get transport(): Transport {
    return (request) => this.ask(request);
  }
}
