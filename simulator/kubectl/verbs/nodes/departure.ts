import { formatDuration } from "../../../api/meta/duration.ts";
import { isObject } from "../../../base/json.ts";
import { dryRunOf } from "../../change/flags.ts";
import { POLL_MS } from "../../change/removal.ts";
import type { Call } from "../../cli/command.ts";
import { urlPart } from "../../mapping.ts";
import { failureOf } from "../../transport.ts";
import type { DrainPod } from "./filters.ts";

/** A pod that a disruption budget holds is asked again after this. */
const RETRY_MS = 5000;

/** Several errors as Go's aggregate prints them. */
export function together(problems: readonly string[]): string {
  return problems.length === 1 ? String(problems[0]) : `[${problems.join(", ")}]`;
}

interface Leaving {
  readonly pod: DrainPod;
  asked: boolean;
  /** When to ask again. */
  askAtMs: number;
}

/** The way of a node's pods out: all are asked at once, and then looked after until the last is gone. */
export class Departure {
  readonly #call: Call;
  readonly #startMs: number;
  readonly #timeoutMs: number;
  readonly #deletes: boolean;
  readonly #problems: string[] = [];

  constructor(call: Call) {
    this.#call = call;
    this.#startMs = call.host.nowEpochMs();
    this.#timeoutMs = call.flags.durationMs("timeout");
    this.#deletes = call.flags.on("disable-eviction");
  }

  /** What went wrong, or undefined. */
  async run(pods: readonly DrainPod[]): Promise<string | undefined> {
    const { host } = this.#call;
    let leaving: Leaving[] = pods.map((pod) => ({ pod, asked: false, askAtMs: 0 }));
    for (;;) {
      const left: Leaving[] = [];
      for (const each of leaving) if (await this.#stays(each)) left.push(each);
      leaving = left;
      if (leaving.length === 0 || host.interrupt.raised) break;
      if (this.#timedOut()) {
        for (const each of leaving) this.#problems.push(this.#timeoutOf(each));
        break;
      }
      await host.wait(POLL_MS);
    }
    return this.#problems.length === 0 ? undefined : together(this.#problems);
  }

  #timedOut(): boolean {
    return this.#timeoutMs > 0 && this.#call.host.nowEpochMs() - this.#startMs >= this.#timeoutMs;
  }

  #timeoutOf({ pod, asked }: Leaving): string {
    const limit = `global timeout reached: ${formatDuration(this.#timeoutMs)}`;
    return asked
      ? `error when waiting for pod ${JSON.stringify(pod.name)} in namespace ${JSON.stringify(pod.namespace)} to terminate: ${limit}`
      : `error when evicting pods/${JSON.stringify(pod.name)} -n ${JSON.stringify(pod.namespace)}: ${limit}`;
  }

  /** One look at a pod: asks it to go where it wasn't asked, and says whether it is still there. */
  async #stays(leaving: Leaving): Promise<boolean> {
    const { client, host, flags } = this.#call;
    if (!leaving.asked) {
      if (host.nowEpochMs() < leaving.askAtMs) return true;
      const asked = await this.#ask(leaving);
      if (asked !== "asked") return asked === "later";
    }
    const { pod } = leaving;
    if (dryRunOf(flags) === "server" || this.#isGoingForLong(pod)) return false;
    const response = await client.ask({ method: "GET", path: podPath(pod) });
    const failure = failureOf(response);
    const { metadata } = response.body;
    if (response.code === 404 || (isObject(metadata) && metadata.uid !== undefined && metadata.uid !== pod.uid)) {
      host.out(`pod/${pod.name} ${this.#deletes ? "deleted" : "evicted"}\n`);
      return false;
    }
    if (failure === undefined) return true;
    this.#problems.push(
      `error when waiting for pod ${JSON.stringify(pod.name)} in namespace ${JSON.stringify(pod.namespace)} to terminate: ${failure.message}`,
    );
    return false;
  }

  /** Whether a pod has been on its way for longer than `--skip-wait-for-delete-timeout`. */
  #isGoingForLong({ object }: DrainPod): boolean {
    const limitMs = this.#call.flags.number("skip-wait-for-delete-timeout") * 1000;
    const since = isObject(object.metadata) ? object.metadata.deletionTimestamp : undefined;
    return limitMs > 0 && typeof since === "string" && this.#call.host.nowEpochMs() - Date.parse(since) > limitMs;
  }

  async #ask(leaving: Leaving): Promise<"asked" | "later" | "no"> {
    const { host, client } = this.#call;
    const { pod } = leaving;
    if (!this.#deletes) {
      const suffix = dryRunOf(this.#call.flags) === "server" ? " (server dry run)" : "";
      host.out(`evicting pod ${pod.namespace}/${pod.name}${suffix}\n`);
    }
    const response = await client.ask(this.#deletes ? this.#deletion(pod) : this.#eviction(pod));
    const failure = failureOf(response);
    if (failure === undefined || (this.#deletes && response.code === 404)) {
      leaving.asked = true;
      return "asked";
    }
    if (response.code === 404) return "no";
    const what = `error when evicting pods/${JSON.stringify(pod.name)} -n ${JSON.stringify(pod.namespace)}`;
    if (response.code === 429) {
      host.err(`${what} (will retry after 5s): ${failure.message}\n`);
      leaving.askAtMs = host.nowEpochMs() + RETRY_MS;
      return "later";
    }
    this.#problems.push(this.#deletes ? failure.message : `${what}: ${failure.message}`);
    return "no";
  }

  #eviction(pod: DrainPod) {
    const { namespace, name } = pod;
    const body = {
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: { name, namespace },
      deleteOptions: this.#deleteOptions(),
    };
    return { method: "POST", path: `${podPath(pod)}/eviction`, body } as const;
  }

  #deletion(pod: DrainPod) {
    return { method: "DELETE", path: podPath(pod), body: this.#deleteOptions() } as const;
  }

  #deleteOptions() {
    const grace = this.#call.flags.number("grace-period");
    const isTried = dryRunOf(this.#call.flags) === "server";
    return { ...(grace >= 0 && { gracePeriodSeconds: grace }), ...(isTried && { dryRun: ["All"] }) };
  }
}

function podPath({ namespace, name }: DrainPod): string {
  return `/api/v1/namespaces/${urlPart(namespace)}/pods/${urlPart(name)}`;
}
