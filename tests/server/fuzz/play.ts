import type { ApiRequest, Simulation } from "../../../simulator/index.ts";
import { Hostile } from "./hostile.ts";

export interface Problem {
  /** Which request of the run, counted from 0. */
  readonly number: number;
  readonly request: ApiRequest;
  readonly what: string;
}

export interface Played {
  readonly codes: ReadonlyMap<number, number>;
  readonly problems: readonly Problem[];
}

/** What the real server answers 500 to: see errors/ and requests/ of the recordings, and upstream's sources. */
const REAL_500S: readonly RegExp[] = [
  /^This pod has more than one PodDisruptionBudget/,
  /^map: map\[[\s\S]*does not contain declared merge key/,
  /^(target|\[target)\.\w+: /,
  /^failed to create typed patch object /,
  /^failed to convert new typed object /,
  /^failed to decode managed fields/,
  // Lists of mixed items in a strategic patch: interpretStrategicMergePatchError does not know this one.
  /^list element types are not identical: /,
  // Strategic patches of a ControllerRevision's data: strategicpatch knows no fields of a RawExtension.
  /^unable to find api field in struct RawExtension/,
  // A webhook that was registered and that nobody answers for.
  /^Internal error occurred: failed calling webhook /,
  // A kubelet that is asked for before it reported an address.
  /^no preferred addresses found/,
];

const POLLUTED: { readonly polluted?: unknown } = {};

/** Sends `count` hostile requests of a seed; time moves on between them, so that controllers meet what was stored. */
export function playHostile(cluster: Simulation, seed: number, count: number, look?: (done: number) => void): Played {
  const hostile = new Hostile(seed);
  const codes = new Map<number, number>();
  const problems: Problem[] = [];
  for (let number = 0; number < count; number++) {
    const request = hostile.next();
    const what = problemOf(cluster, request, codes) ?? (number % 50 === 49 ? passed(cluster) : undefined);
    if (what !== undefined) problems.push({ number, request, what });
    look?.(number);
  }
  return { codes, problems };
}

function problemOf(cluster: Simulation, request: ApiRequest, codes: Map<number, number>): string | undefined {
  try {
    const isWatch = request.method === "GET" && /[?&]watch=/.test(request.path);
    const opened = isWatch ? cluster.watch(request) : undefined;
    if (opened?.ok) opened.value.next();
    const answer = opened === undefined ? cluster.request(request) : opened.ok ? undefined : opened.error;
    const code = answer?.code ?? 200;
    codes.set(code, (codes.get(code) ?? 0) + 1);
    if (POLLUTED.polluted !== undefined) return "Object.prototype was changed";
    if (answer === undefined || code < 500 || code === 503 || code === 504) return undefined;
    const message = String(answer.body.message ?? answer.text);
    return code === 500 && REAL_500S.some((one) => one.test(message)) ? undefined : `${code} ${message}`;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** What was stored is met by controllers, the scheduler and kubelets. */
function passed(cluster: Simulation): string | undefined {
  try {
    cluster.advanceTo(cluster.nowMs + 500);
    return undefined;
  } catch (error) {
    return `time could not pass: ${error instanceof Error ? error.stack : error}`;
  }
}
