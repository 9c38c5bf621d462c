import type { Container, ExecAction, HTTPGetAction, Probe } from "../api/schema/generated/types.ts";
import type { ConnectProblem, NetworkResponse, NetworkView } from "../network/network-view.ts";
import { programName, splitWords } from "./images/command.ts";
import type { Behaviour } from "./images/image.ts";
import { parseImageName } from "./images/image-name.ts";
import { headerOf } from "./images/program.ts";
import type { Machine } from "./machine.ts";
import type { Machines } from "./machines.ts";
import { serverIn } from "./program-world.ts";
import type { RuntimePod } from "./runtime.ts";

const PROBE_AGENT = "kube-probe/1.36";

/** What a probe is run against. */
export interface ProbeTarget {
  readonly container: Container;
  readonly behaviour: Behaviour;
  readonly machines: Machines;
  readonly machine: Machine;
  readonly runtimePod: RuntimePod;
  readonly ip: string;
  /** How long the container's process has run. */
  readonly ageMs: number;
}

/** The answer of one probe; `message` is what its event says after `Readiness probe failed: `. */
export interface ProbeAnswer {
  readonly ok: boolean;
  readonly message: string;
  /** It could not be run at all, which says nothing of the container. */
  readonly errored?: true;
}

const GOOD: ProbeAnswer = { ok: true, message: "" };
const bad = (message: string): ProbeAnswer => ({ ok: false, message });

/** Runs a probe once. Models pkg/kubelet/prober prober.go runProbe, with the texts of Go's net and http packages. */
export function runProbe(probe: Probe, target: ProbeTarget): ProbeAnswer {
  if (probe.exec !== undefined) return runExec(probe.exec, target);
  const timeoutSeconds = probe.timeoutSeconds ?? 1;
  if (probe.httpGet !== undefined) return runHttp(probe.httpGet, target, timeoutSeconds);
  const port = probe.tcpSocket?.port ?? probe.grpc?.port;
  const number = portNumber(target.container, port);
  if (number === undefined) return bad(`couldn't find port: "${port}"`);
  const host = probe.tcpSocket?.host || target.ip;
  const problem = connect(target, host, number);
  const address = `${host}:${number}`;
  const late = `timeout: failed to connect service "${address}" within ${timeoutSeconds}s: context deadline exceeded`;
  if (probe.grpc === undefined) return problem === "open" ? GOOD : bad(dialText(host, address, problem));
  return problem === "open" ? runHealth(probe.grpc.service ?? "", target, number, bad(late)) : bad(late);
}

// Models pkg/probe/grpc grpc.go Probe
/** Asks the program behind an open port; of one that nobody knows, the open port is all there is to know. */
function runHealth(service: string, target: ProbeTarget, port: number, silent: ProbeAnswer): ProbeAnswer {
  const program = serverIn(target.machines, target.machine, target.runtimePod, port);
  if (program === undefined) return GOOD;
  const { behaviour, world } = program;
  if (behaviour.health === undefined) {
    return behaviour.http === undefined && behaviour.bytes === undefined ? GOOD : silent;
  }
  const answer = behaviour.health(service, world, target.ageMs);
  if (answer === "SERVING") return GOOD;
  if (answer !== undefined) return bad(`service unhealthy (responded with "${answer}")`);
  return bad("error: health rpc probe failed: rpc error: code = NotFound desc = unknown service");
}

function portNumber(container: Container, port: number | string | undefined): number | undefined {
  if (typeof port === "number") return port;
  return container.ports?.find(({ name }) => name === port)?.containerPort;
}

/** What Go's dialer says. */
function dialText(host: string, address: string, problem: ConnectProblem): string {
  if (problem === "timeout") return `dial tcp ${address}: i/o timeout`;
  if (problem === "unknown-host") return `dial tcp: lookup ${host}: no such host`;
  const why = problem === "unreachable" ? "no route to host" : "connection refused";
  return problem === "reset" ? "EOF" : `dial tcp ${address}: connect: ${why}`;
}

/** The network as the kubelet sees it; undefined for the pod itself, to which there is always a way. */
function wayTo({ machines, machine, ip }: ProbeTarget, host: string): NetworkView | undefined {
  return host === ip ? undefined : machines.ports.network?.({ kind: "node", node: machine.name });
}

function addressIn(view: NetworkView, host: string): string | undefined {
  return view.resolve(host)[0];
}

function connect(target: ProbeTarget, host: string, port: number): "open" | ConnectProblem {
  const view = wayTo(target, host);
  const { machines, machine, runtimePod } = target;
  if (view === undefined)
    return listens(target, port) || serverIn(machines, machine, runtimePod, port) ? "open" : "refused";
  const address = addressIn(view, host);
  return address === undefined ? "unknown-host" : view.connect(address, port);
}

/** Most probes are about the container's own ports: those are known without a look at anything else. */
function listens({ behaviour, ageMs }: ProbeTarget, port: number): boolean {
  return behaviour.listens === undefined && ageMs >= behaviour.readyAfterMs && behaviour.ports.includes(port);
}

interface HttpTarget {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const urlOf = ({ scheme, host, port, path }: HttpTarget): string => `${scheme}://${host}:${port}${path}`;

function get(target: ProbeTarget, to: HttpTarget): NetworkResponse | ConnectProblem {
  const { machines, machine, runtimePod } = target;
  const request = { method: "GET", path: to.path, headers: to.headers, body: "" };
  const secure = to.scheme === "https";
  const view = wayTo(target, to.host);
  if (view !== undefined) {
    const address = addressIn(view, to.host);
    return address === undefined ? "unknown-host" : view.http(address, to.port, request, secure);
  }
  const program = serverIn(machines, machine, runtimePod, to.port);
  if (program === undefined) return "refused";
  const { behaviour, world } = program;
  if (behaviour.http === undefined || secure !== behaviour.tlsPorts.includes(to.port)) return "reset";
  return behaviour.http({ ...request, port: to.port, from: machine.shape.address, fromPort: 40_000, secure }, world);
}

const MAX_REDIRECTS = 10;

// Models pkg/probe/http http.go DoHTTPProbe and RedirectChecker
function runHttp(action: HTTPGetAction, target: ProbeTarget, timeoutSeconds: number): ProbeAnswer {
  const port = portNumber(target.container, action.port);
  if (port === undefined) return bad(`couldn't find port: "${action.port}"`);
  const path = action.path || "/";
  const given = Object.fromEntries((action.httpHeaders ?? []).map(({ name, value }) => [name, value ?? ""]));
  let to: HttpTarget = {
    scheme: (action.scheme ?? "HTTP").toLowerCase(),
    host: action.host || target.ip,
    port,
    path: path.startsWith("/") ? path : `/${path}`,
    headers: { "User-Agent": PROBE_AGENT, Accept: "*/*", Host: `${action.host || target.ip}:${port}`, ...given },
  };
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const answer = get(target, to);
    if (typeof answer === "string") return bad(httpProblem(to, answer, timeoutSeconds));
    if (answer.status < 200 || answer.status >= 400) return bad(`HTTP probe failed with statuscode: ${answer.status}`);
    const next = answer.status < 300 ? undefined : redirected(to, answer);
    if (next === undefined || next.host !== to.host) return GOOD;
    to = next;
  }
  return bad(`Get "${urlOf(to)}": stopped after ${MAX_REDIRECTS} redirects`);
}

function httpProblem(to: HttpTarget, problem: ConnectProblem, timeoutSeconds: number): string {
  const opening = `Get "${urlOf(to)}": `;
  if (problem === "timeout") {
    const what = timeoutSeconds > 0 ? "context deadline exceeded" : "i/o timeout";
    return `${opening}${what} (Client.Timeout exceeded while awaiting headers)`;
  }
  if (problem === "reset" && to.scheme === "https") return `${opening}http: server gave HTTP response to HTTPS client`;
  return opening + dialText(to.host, `${to.host}:${to.port}`, problem);
}

/** Where an answer sends the caller. */
function redirected(from: HttpTarget, answer: NetworkResponse): HttpTarget | undefined {
  const location = headerOf(answer, "location");
  if (location === undefined) return undefined;
  if (location.startsWith("/")) return { ...from, path: location };
  const match = /^(https?):\/\/([^/:]+)(?::(\d+))?(\/.*)?$/.exec(location);
  if (match === null) return undefined;
  const [, scheme = "http", host = "", port, path = "/"] = match;
  return { ...from, scheme, host, port: port === undefined ? (scheme === "https" ? 443 : 80) : Number(port), path };
}

/** Where nobody runs shells: commands that look at files, and the images' own health checks. */
function runExec(action: ExecAction, target: ProbeTarget): ProbeAnswer {
  const words = action.command ?? [];
  const flag = words.findIndex((word) => /^-[a-z]*c$/.test(word));
  const isShell = /^(sh|bash|ash|dash)$/.test(programName(words[0] ?? "")) && flag > 0;
  if (!isShell) return runWords(words, target);
  for (const command of (words[flag + 1] ?? "").split(/&&|;|\n/)) {
    const answer = runWords(splitWords(command.trim()), target);
    if (!answer.ok) return answer;
  }
  return GOOD;
}

function runWords(words: readonly string[], target: ProbeTarget): ProbeAnswer {
  const [word = "", ...rest] = words;
  const program = programName(word);
  const paths = rest.filter((each) => !each.startsWith("-") && each !== "]");
  const missing = paths.find((path) => path.startsWith("/") && !hasFile(target, path));
  if (program === "false") return bad("");
  if (program === "exit") return Number(rest[0] ?? 0) === 0 ? GOOD : bad("");
  if (program === "test" || program === "[" || program === "[[") return missing === undefined ? GOOD : bad("");
  if ((program === "cat" || program === "ls") && missing !== undefined)
    return bad(noSuchFile(program, missing, target));
  const isReady = target.ageMs >= target.behaviour.readyAfterMs;
  if (target.behaviour.checks.includes(program) && !isReady) return bad(`${program}: no response\n`);
  if (program === "curl" || program === "wget") return runFetch(rest, target);
  return GOOD;
}

function runFetch(words: readonly string[], target: ProbeTarget): ProbeAnswer {
  const match = words.map((word) => /^(https?):\/\/([^/:]+)(?::(\d+))?(\/.*)?$/.exec(word)).find((found) => found);
  if (!match) return GOOD;
  const port = Number(match[3] ?? (match[1] === "https" ? 443 : 80));
  const host = /^(localhost|127\.0\.0\.1)$/.test(match[2] ?? "") ? target.ip : match[2];
  return runHttp({ port, path: match[4] ?? "/", ...(host && { host }), scheme: match[1] ?? "" }, target, 1);
}

function hasFile({ behaviour, ageMs }: ProbeTarget, path: string): boolean {
  const changes = behaviour.files.filter((change) => change.path === path && change.atMs <= ageMs);
  // A file of the image itself, or of a volume: nobody here removes those.
  return changes.at(-1)?.exists ?? !behaviour.files.some((change) => change.path === path);
}

function noSuchFile(program: string, path: string, { container }: ProbeTarget): string {
  const name = parseImageName(container.image ?? "");
  const isBusybox = name.ok && /\/(busybox|alpine)$/.test(name.value.name);
  const opening = isBusybox ? (program === "ls" ? path : `can't open '${path}'`) : path;
  return `${program}: ${opening}: No such file or directory\n`;
}
