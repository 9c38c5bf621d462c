import type { WriteContext } from "../../../api/kind.ts";
import { child, type FieldError, index, internal, invalid } from "../../../api/meta/field-error.ts";
import type { Service } from "../../../api/refs.ts";
import type { ServicePort } from "../../../api/schema/generated/types.ts";
import { addressProblem, freeAddress, freeNodePort, nodePortProblem } from "./addresses.ts";
import { type Attempt, initFamilies } from "./families.ts";
import { allocatesNodePorts, isHeadless, needsClusterIp, needsHealthCheckPort, needsNodePorts } from "./traits.ts";

/**
 * Gives a service its cluster IP and node ports, or says why it cannot. Doing it again with the result changes nothing,
 * so that validation can ask for the errors afterwards. Models pkg/registry/core/service/storage allocateCreate and
 * allocateUpdate.
 */
export function allocate(service: Service, old: Service | undefined, context: WriteContext): Attempt {
  const families = initFamilies(service, old);
  if (families.errors.length > 0) return { service, errors: families.errors };
  const addressed = allocateAddress(families.service, old, context);
  if (addressed.errors.length > 0) return { service, errors: addressed.errors };
  const complete = allocatePorts(addressed.service, old, context);
  return complete.errors.length > 0 ? { service, errors: complete.errors } : complete;
}

function allocateAddress(service: Service, old: Service | undefined, context: WriteContext): Attempt {
  if (!needsClusterIp(service) || isHeadless(service)) return { service, errors: [] };
  // A service keeps its address; whether it may change is for validation to say.
  if (old !== undefined && needsClusterIp(old)) return { service, errors: [] };
  const { clusterIP = "", clusterIPs = [] } = service.spec;
  if (clusterIP !== "") {
    const problem = addressProblem(clusterIP, service, context);
    if (problem === undefined) return { service, errors: [] };
    return {
      service,
      errors: [invalid("spec.clusterIPs", clusterIPs, `failed to allocate IP ${clusterIP}: ${problem}`)],
    };
  }
  const free = freeAddress(service, context);
  if (free === undefined) {
    return { service, errors: [internal("spec.clusterIPs", "failed to allocate a serviceIP: range is full")] };
  }
  return { service: { ...service, spec: { ...service.spec, clusterIP: free, clusterIPs: [free] } }, errors: [] };
}

/** Hands out node ports of one service: remembers which it gave, and what went wrong. */
class PortAllocation {
  readonly errors: FieldError[] = [];
  readonly #used: Set<number>;
  readonly #own: ReadonlySet<number>;
  readonly #service: Service;
  readonly #context: WriteContext;

  constructor(service: Service, old: Service | undefined, context: WriteContext) {
    this.#service = service;
    this.#context = context;
    this.#own = new Set(old === undefined ? [] : portNumbers(old));
    // Free ports must not be those that other ports of this service ask for.
    this.#used = new Set(portNumbers(service));
  }

  /** Checks a port that was asked for. */
  take(port: number, path: string): void {
    if (this.#own.has(port)) return;
    const problem = nodePortProblem(port, this.#service, this.#context);
    if (problem !== undefined) this.errors.push(invalid(path, port, problem));
  }

  next(path: string): number | undefined {
    const port = freeNodePort(this.#service, this.#used, this.#context);
    if (port === undefined) this.errors.push(internal(path, "failed to allocate a nodePort: range is full"));
    else this.#used.add(port);
    return port;
  }
}

function portNumbers({ spec }: Service): readonly number[] {
  const numbers = (spec.ports ?? []).map((port) => port.nodePort ?? 0);
  return [...numbers, spec.healthCheckNodePort ?? 0].filter((port) => port !== 0);
}

function allocatePorts(service: Service, old: Service | undefined, context: WriteContext): Attempt {
  const allocation = new PortAllocation(service, old, context);
  let { ports, healthCheckNodePort } = service.spec;
  if (needsNodePorts(service) && ports !== undefined) ports = withNodePorts(service, ports, allocation);
  if (needsHealthCheckPort(service)) {
    const path = "spec.healthCheckNodePort";
    if (healthCheckNodePort) allocation.take(healthCheckNodePort, path);
    else healthCheckNodePort = allocation.next(path);
  }
  const spec = {
    ...service.spec,
    ...(ports !== undefined && { ports }),
    ...(healthCheckNodePort !== undefined && { healthCheckNodePort }),
  };
  return { service: { ...service, spec }, errors: allocation.errors };
}

// Models pkg/registry/core/service/storage initNodePorts: ports of one number share a node port, whatever their protocol.
function withNodePorts(
  service: Service,
  ports: readonly ServicePort[],
  allocation: PortAllocation,
): readonly ServicePort[] {
  const byPort = new Map<number, number>();
  for (const { port, nodePort } of ports) if (nodePort && !byPort.has(port)) byPort.set(port, nodePort);
  return ports.map((port, at) => {
    const path = child(index("spec.ports", at), "nodePort");
    if (port.nodePort) {
      allocation.take(port.nodePort, path);
      return port;
    }
    if (!allocatesNodePorts(service)) return port;
    const nodePort = byPort.get(port.port) ?? allocation.next(path);
    if (nodePort === undefined) return port;
    byPort.set(port.port, nodePort);
    return { ...port, nodePort };
  });
}
