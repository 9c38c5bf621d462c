import { formatDuration } from "../../api/meta/duration.ts";
import { isObject } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { accepted, type CommandResult, Output, POLL_MS, type Wait } from "../command.ts";
import { identityOf, urlPart } from "../mapping.ts";
import { failureOf, type Transport } from "../transport.ts";
import { type DrainChoices, type DrainPod, sortPods } from "../verbs/nodes/filters.ts";
import { type FoundNode, type NodesOptions, nodesOf, setSchedulable } from "./cordon.ts";

export interface DrainOptions extends NodesOptions, DrainChoices {
  /** Each pod's own when absent or negative. */
  readonly gracePeriodSeconds?: number;
  readonly podSelector?: string;
  /** Deletes instead of evicting: disruption budgets are not asked. */
  readonly disableEviction?: boolean;
  /** Between two looks at the pods that are to go. */
  readonly wait: Wait;
  /** For each node; for ever when absent. */
  readonly timeoutMs?: number;
}

/** A pod that a disruption budget holds is asked again after this. */
const RETRY_MS = 5000;

/** `kubectl drain`: cordons the nodes and evicts their pods, node by node, until they are gone. Models kubectl pkg/cmd/drain and pkg/drain. */
export async function drain(transport: Transport, options: DrainOptions): Promise<CommandResult> {
  const output = new Output();
  const nodes = await nodesOf(transport, options, "drain");
  if (!nodes.ok) return output.fail(nodes.error);
  await setSchedulable(transport, nodes.value, false, output);
  const failed: { readonly name: string; readonly why: string }[] = [];
  for (const node of nodes.value) {
    const drained = await drainNode(transport, node, options, output);
    if (drained.ok) {
      output.out(`node/${node.name} drained`);
      continue;
    }
    const why = drained.error;
    output.error(
      `error: unable to drain node ${JSON.stringify(node.name)} due to error: ${why}, continuing command...`,
    );
    failed.push({ name: node.name, why });
  }
  if (failed.length === 0) return output.done();
  output.error("There are pending nodes to be drained:");
  for (const { name } of failed) output.error(` ${name}`);
  for (const { why } of failed) output.error(why);
  return output.done(1);
}

async function drainNode(
  transport: Transport,
  node: FoundNode,
  options: DrainOptions,
  output: Output,
): Promise<Result<true, string>> {
  const pods = await podsOn(transport, node.name, options.podSelector ?? "");
  if (!pods.ok) return pods;
  const sorted = await sortPods(transport, pods.value, options);
  if (sorted.problems.length > 0) return fail(together(sorted.problems));
  if (sorted.warnings.length > 0) output.error(`Warning: ${sorted.warnings.join("; ")}`);
  return new Departure(transport, options, output).run(sorted.pods);
}

async function podsOn(transport: Transport, node: string, podSelector: string): Promise<Result<DrainPod[], string>> {
  const fields = urlPart(`spec.nodeName=${node}`);
  const labels = podSelector === "" ? "" : `&labelSelector=${urlPart(podSelector)}`;
  const response = accepted(await transport({ method: "GET", path: `/api/v1/pods?fieldSelector=${fields}${labels}` }));
  if (!response.ok) return response;
  const { items } = response.value.body;
  const objects = Array.isArray(items) ? items.filter(isObject) : [];
  return ok(
    objects.map((object) => {
      const uid = isObject(object.metadata) ? object.metadata.uid : "";
      return { ...identityOf(object), uid: String(uid), object };
    }),
  );
}

/** Several errors as Go's aggregate prints them. */
function together(problems: readonly string[]): string {
  return problems.length === 1 ? String(problems[0]) : `[${problems.join(", ")}]`;
}

interface Leaving {
  readonly pod: DrainPod;
  asked: boolean;
  /** Waited time after which to ask again. */
  askAtMs: number;
}

/** The way of a node's pods out: all are asked at once, and then looked after until the last is gone. */
class Departure {
  readonly #transport: Transport;
  readonly #options: DrainOptions;
  readonly #output: Output;
  readonly #problems: string[] = [];
  #waitedMs = 0;

  constructor(transport: Transport, options: DrainOptions, output: Output) {
    this.#transport = transport;
    this.#options = options;
    this.#output = output;
  }

  async run(pods: readonly DrainPod[]): Promise<Result<true, string>> {
    const { wait } = this.#options;
    let leaving: Leaving[] = pods.map((pod) => ({ pod, asked: false, askAtMs: 0 }));
    for (;;) {
      const left: Leaving[] = [];
      for (const each of leaving) if (await this.#stays(each)) left.push(each);
      leaving = left;
      if (leaving.length === 0) break;
      if (this.#timedOut()) {
        for (const each of leaving) this.#problems.push(this.#timeoutOf(each));
        break;
      }
      await wait(POLL_MS);
      this.#waitedMs += POLL_MS;
    }
    return this.#problems.length === 0 ? ok(true) : fail(together(this.#problems));
  }

  #timedOut(): boolean {
    const { timeoutMs } = this.#options;
    return timeoutMs !== undefined && timeoutMs > 0 && this.#waitedMs >= timeoutMs;
  }

  #timeoutOf({ pod, asked }: Leaving): string {
    const limit = `global timeout reached: ${formatDuration(this.#options.timeoutMs ?? 0)}`;
    return asked
      ? `error when waiting for pod ${JSON.stringify(pod.name)} in namespace ${JSON.stringify(pod.namespace)} to terminate: ${limit}`
      : `error when evicting pods/${JSON.stringify(pod.name)} -n ${JSON.stringify(pod.namespace)}: ${limit}`;
  }

  /** One look at a pod: asks it to go where it wasn't asked, and says whether it is still there. */
  async #stays(leaving: Leaving): Promise<boolean> {
    if (!leaving.asked) {
      if (this.#waitedMs < leaving.askAtMs) return true;
      const asked = await this.#ask(leaving);
      if (asked !== "asked") return asked === "later";
    }
    const { pod } = leaving;
    const response = await this.#transport({ method: "GET", path: podPath(pod) });
    const failure = failureOf(response);
    const { metadata } = response.body;
    if (response.code === 404 || (isObject(metadata) && metadata.uid !== undefined && metadata.uid !== pod.uid)) {
      this.#output.out(`pod/${pod.name} ${this.#options.disableEviction ? "deleted" : "evicted"}`);
      return false;
    }
    if (failure === undefined) return true;
    this.#problems.push(
      `error when waiting for pod ${JSON.stringify(pod.name)} in namespace ${JSON.stringify(pod.namespace)} to terminate: ${failure.message}`,
    );
    return false;
  }

  async #ask(leaving: Leaving): Promise<"asked" | "later" | "no"> {
    const { pod } = leaving;
    const { disableEviction = false } = this.#options;
    if (!disableEviction) this.#output.out(`evicting pod ${pod.namespace}/${pod.name}`);
    const response = await this.#transport(disableEviction ? this.#deletion(pod) : this.#eviction(pod));
    const failure = failureOf(response);
    if (failure === undefined || (disableEviction && response.code === 404)) {
      leaving.asked = true;
      return "asked";
    }
    if (response.code === 404) return "no";
    const what = `error when evicting pods/${JSON.stringify(pod.name)} -n ${JSON.stringify(pod.namespace)}`;
    if (response.code === 429) {
      this.#output.error(`${what} (will retry after 5s): ${failure.message}`);
      leaving.askAtMs = this.#waitedMs + RETRY_MS;
      return "later";
    }
    this.#problems.push(disableEviction ? failure.message : `${what}: ${failure.message}`);
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
    const { gracePeriodSeconds = -1 } = this.#options;
    return gracePeriodSeconds >= 0 ? { gracePeriodSeconds } : {};
  }
}

function podPath({ namespace, name }: DrainPod): string {
  return `/api/v1/namespaces/${urlPart(namespace)}/pods/${urlPart(name)}`;
}
