import type { ApiRequest, ApiResponse, JsonValue } from "../../simulator/index.ts";
import { session } from "../store/connect.ts";
import { controllerOf, type KubeObject, keyOf, nameOf, type Pod } from "../store/objects.ts";
import { toast } from "../store/ui.ts";
import { cordon, evict, podsOfNode, type Step, advance as stepRequest } from "./requests.ts";

/** The server's sentence in a Status, or undefined when the answer is not a refusal. */
function refusal(response: ApiResponse): string | undefined {
  if (response.code < 400) return undefined;
  const { message } = response.body;
  return typeof message === "string" ? message : `The server answered ${response.code}.`;
}

/** Sends one request; shows the server's own words when it refuses. */
export async function send(request: ApiRequest): Promise<ApiResponse | undefined> {
  try {
    const response = await session().request(request);
    const why = refusal(response);
    if (why === undefined) return response;
    toast("error", why);
  } catch (error) {
    toast("error", error instanceof Error ? error.message : String(error));
  }
  return undefined;
}

export async function advance(step: Step): Promise<void> {
  await send(stepRequest(step));
}

const MIRROR = "kubernetes.io/config.mirror";

/** As `kubectl drain --ignore-daemonsets --delete-emptydir-data --force` does: cordon, then evict all but daemon and mirror pods. */
export async function drain(node: string): Promise<void> {
  if (!(await send(cordon(node, true)))) return;
  const list = await send(podsOfNode(node));
  if (!list) return;
  const pods = asList(list.body.items) as readonly Pod[];
  const toGo = pods.filter(mustGo);
  let gone = 0;
  let lastRefusal: string | undefined;
  for (const pod of toGo) {
    const key = keyOf(pod.metadata?.namespace, nameOf(pod));
    const response = await session().request(evict({ kind: "Pod", key }));
    const why = refusal(response);
    if (why === undefined) gone += 1;
    else lastRefusal = why;
  }
  if (lastRefusal !== undefined) toast("error", lastRefusal);
  else toast("info", `${node} is cordoned; ${gone} ${gone === 1 ? "pod is" : "pods are"} being evicted.`);
}

function asList(items: JsonValue | undefined): readonly KubeObject[] {
  return Array.isArray(items) ? (items as readonly KubeObject[]) : [];
}

function mustGo(pod: Pod): boolean {
  if (pod.metadata?.annotations?.[MIRROR] !== undefined) return false;
  return controllerOf(pod)?.kind !== "DaemonSet";
}
