import type {
  ByteStream,
  ClusterDoor,
  KubeletFailure,
  LogOptions,
  ProxyAnswer,
  ProxyRequest,
  StreamPlace,
} from "../../api/streams.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { bytesOfText } from "../files/bytes.ts";
import { type Machines, machineOf } from "../machines.ts";
import { containerLog } from "./container-log.ts";
import { apiServerMachine, dialText, kubeletProblem } from "./dial.ts";
import { kubeletAnswer } from "./kubelet-http.ts";

/** The API server's way to kubelets and pods: from its machine, over the cluster's network. */
export class MachinesDoor implements ClusterDoor {
  readonly #machines: Machines;

  constructor(machines: Machines) {
    this.#machines = machines;
  }

  logs(place: StreamPlace, options: LogOptions): Result<ByteStream, KubeletFailure> {
    return containerLog(this.#machines, place, options);
  }

  kubelet(nodeName: string, request: ProxyRequest): Result<ProxyAnswer, KubeletFailure> {
    const problem = kubeletProblem(this.#machines, nodeName);
    if (problem !== undefined) return fail(problem);
    return ok(kubeletAnswer(this.#machines, machineOf(this.#machines, nodeName), request));
  }

  http(address: string, port: number, secure: boolean, request: ProxyRequest): Result<ProxyAnswer, string> {
    const from = apiServerMachine(this.#machines);
    const network = from && this.#machines.ports.network?.({ kind: "node", node: from.name });
    if (network === undefined) return fail(dialText(address, port, "unreachable"));
    const answer = network.http(address, port, withBytes(request), secure);
    return typeof answer === "string" ? fail(dialText(address, port, answer)) : ok(answer);
  }
}

/** The request with its text as UTF-8 bytes. */
function withBytes(request: ProxyRequest): ProxyRequest {
  if (request.body === "") return request;
  const body = bytesOfText(request.body);
  return { ...request, body, headers: { ...request.headers, "Content-Length": String(body.length) } };
}
