import { createBirpc } from "birpc";
import type { CommandResult } from "../../simulator/index.ts";
import { APPLY_WORKER, type ApplySide, type RequestSide } from "./protocol.ts";
import type { ApplyOptions, ApplyResult } from "./session.ts";

/** Reads and applies manifests in a worker of its own, made when first needed; it can be stopped in the middle. */
export class Applier {
  readonly #request: RequestSide["request"];
  #worker: Worker | undefined;
  #remote: ApplySide | undefined;

  constructor(request: RequestSide["request"]) {
    this.#request = request;
  }

  /** `signal` stops the work: what was applied before stays. Then the result says so. */
  async apply(text: string, { signal, ...options }: ApplyOptions & { readonly signal?: AbortSignal } = {}) {
    const remote = this.#open();
    const stopped = new Promise<ApplyResult>((resolve) => {
      signal?.addEventListener("abort", () => {
        this.close();
        const message = "error: stopped before the end of the text; what was applied before stays";
        resolve({ results: [{ ok: false, message, line: 1, problems: [], warnings: [] }] });
      });
    });
    return Promise.race([remote.apply(text, options), stopped]);
  }

  kubectl(words: readonly string[]): Promise<CommandResult> {
    return this.#open().kubectl(words);
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#remote = undefined;
  }

  #open(): ApplySide {
    if (this.#remote) return this.#remote;
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: APPLY_WORKER });
    const functions: RequestSide = { request: this.#request };
    this.#worker = worker;
    this.#remote = createBirpc<ApplySide, RequestSide>(functions, {
      post: (data) => worker.postMessage(data),
      on: (handler) => worker.addEventListener("message", (event) => handler(event.data)),
      timeout: -1,
    });
    return this.#remote;
  }
}
