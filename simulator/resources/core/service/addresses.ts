import type { WriteContext } from "../../../api/kind.ts";
import { formatIp, type IpAddress, parseIp } from "../../../api/meta/ip.ts";
import type { KubeObject } from "../../../api/object.ts";
import { SERVICES, type Service } from "../../../api/refs.ts";
import { HEADLESS } from "./traits.ts";

/** The indexes of services by what must be theirs alone: cluster IPs, and node ports (as text). */
export const SERVICES_BY_CLUSTER_IP = "clusterIP";
export const SERVICES_BY_NODE_PORT = "nodePort";

export function clusterIpsOf(object: KubeObject): readonly string[] {
  return ((object as Service).spec.clusterIPs ?? []).filter((ip) => ip !== HEADLESS);
}

export function nodePortsOf(object: KubeObject): readonly string[] {
  const { ports = [], healthCheckNodePort } = (object as Service).spec;
  const numbers = new Set(ports.map((port) => port.nodePort ?? 0));
  if (healthCheckNodePort) numbers.add(healthCheckNodePort);
  numbers.delete(0);
  return [...numbers].map(String);
}

/** 10.96.0.0/12, without its first and last address. */
const RANGE = "10.96.0.0/12";
const RANGE_START = (10 << 24) | (96 << 16);
const RANGE_SIZE = 1 << 20;
/** The first addresses are left to those who ask for one by name, as long as there are others. */
const STATIC_ADDRESSES = 256;

const FIRST_NODE_PORT = 30_000;
const LAST_NODE_PORT = 32_767;
const STATIC_NODE_PORTS = 86;

/** Why an address asked for cannot be had; undefined where it can. Models pkg/registry/core/service/ipallocator. */
export function addressProblem(text: string, service: Service, context: WriteContext): string | undefined {
  const ip = parseIp(text);
  const offset = ip === undefined ? -1 : offsetOf(ip);
  if (offset < 0 || offset >= RANGE_SIZE) return "the provided network does not match the current range";
  if (offset === 0 || offset === RANGE_SIZE - 1) {
    return `the provided IP (${text}) is not in the valid range. The range of valid IPs is ${RANGE}`;
  }
  return isTaken(SERVICES_BY_CLUSTER_IP, text, service, context) ? "provided IP is already allocated" : undefined;
}

function offsetOf({ bytes }: IpAddress): number {
  if (bytes.length !== 4) return -1;
  return bytes.reduce((number, byte) => number * 256 + byte, 0) - RANGE_START;
}

/** A free cluster IP; undefined when there is none. */
export function freeAddress(service: Service, context: WriteContext): string | undefined {
  const isFree = (offset: number) => !isTaken(SERVICES_BY_CLUSTER_IP, addressAt(offset), service, context);
  const offset = pick(STATIC_ADDRESSES, RANGE_SIZE - 1, isFree, context) ?? pick(1, STATIC_ADDRESSES, isFree, context);
  return offset === undefined ? undefined : addressAt(offset);
}

function addressAt(offset: number): string {
  const number = RANGE_START + offset;
  return formatIp({ bytes: [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255] });
}

/** Why a node port asked for cannot be had. Models pkg/registry/core/service/portallocator. */
export function nodePortProblem(port: number, service: Service, context: WriteContext): string | undefined {
  if (port < FIRST_NODE_PORT || port > LAST_NODE_PORT) {
    return `provided port is not in the valid range. The range of valid ports is ${FIRST_NODE_PORT}-${LAST_NODE_PORT}`;
  }
  return isTaken(SERVICES_BY_NODE_PORT, String(port), service, context)
    ? "provided port is already allocated"
    : undefined;
}

/** A free node port that is not among `used`; undefined when there is none. */
export function freeNodePort(service: Service, used: ReadonlySet<number>, context: WriteContext): number | undefined {
  const isFree = (port: number) => !used.has(port) && !isTaken(SERVICES_BY_NODE_PORT, String(port), service, context);
  const first = FIRST_NODE_PORT + STATIC_NODE_PORTS;
  return pick(first, LAST_NODE_PORT + 1, isFree, context) ?? pick(FIRST_NODE_PORT, first, isFree, context);
}

/** A free number from `start` up to `end`: the first one from a random place on. */
function pick(
  start: number,
  end: number,
  isFree: (number: number) => boolean,
  context: WriteContext,
): number | undefined {
  const size = end - start;
  const from = context.randomBelow(size);
  for (let step = 0; step < size; step++) {
    const number = start + ((from + step) % size);
    if (isFree(number)) return number;
  }
  return undefined;
}

function isTaken(index: string, value: string, service: Service, context: WriteContext): boolean {
  for (const other of context.byIndex(SERVICES, index, value)) {
    if (other.metadata.uid !== service.metadata.uid) return true;
  }
  return false;
}
