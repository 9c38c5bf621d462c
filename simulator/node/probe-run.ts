import type { Container, ExecAction, HTTPGetAction, Probe } from "../api/schema/generated/types.ts";
import { programName, splitWords } from "./images/command.ts";
import type { Behaviour } from "./images/image.ts";
import { parseImageName } from "./images/image-name.ts";

/** What a probe is run against. */
export interface ProbeTarget {
  readonly container: Container;
  readonly behaviour: Behaviour;
  readonly ip: string;
  /** How long the container's process has run. */
  readonly ageMs: number;
}

/** The answer of one probe; `message` is what its event says after `Readiness probe failed: `. */
export interface ProbeAnswer {
  readonly ok: boolean;
  readonly message: string;
}

const GOOD: ProbeAnswer = { ok: true, message: "" };
const bad = (message: string): ProbeAnswer => ({ ok: false, message });

/** Runs a probe once. Models pkg/kubelet/prober prober.go runProbe, with the texts of Go's net and http packages. */
export function runProbe(probe: Probe, target: ProbeTarget): ProbeAnswer {
  if (probe.exec !== undefined) return runExec(probe.exec, target);
  if (probe.httpGet !== undefined) return runHttp(probe.httpGet, target);
  const port = probe.tcpSocket?.port ?? probe.grpc?.port;
  const number = portNumber(target.container, port);
  if (number === undefined) return bad(`couldn't find port: "${port}"`);
  if (listens(target, number)) return GOOD;
  const address = `${probe.tcpSocket?.host || target.ip}:${number}`;
  if (probe.grpc === undefined) return bad(`dial tcp ${address}: connect: connection refused`);
  return bad(
    `timeout: failed to connect service "${address}" within ${probe.timeoutSeconds ?? 1}s: context deadline exceeded`,
  );
}

function portNumber(container: Container, port: number | string | undefined): number | undefined {
  if (typeof port === "number") return port;
  return container.ports?.find(({ name }) => name === port)?.containerPort;
}

function listens({ behaviour, ageMs }: ProbeTarget, port: number): boolean {
  return ageMs >= behaviour.readyAfterMs && behaviour.ports.includes(port);
}

function runHttp(action: HTTPGetAction, target: ProbeTarget): ProbeAnswer {
  const port = portNumber(target.container, action.port);
  if (port === undefined) return bad(`couldn't find port: "${action.port}"`);
  const scheme = (action.scheme ?? "HTTP").toLowerCase();
  const host = `${action.host || target.ip}:${port}`;
  const path = action.path || "/";
  const url = `${scheme}://${host}${path.startsWith("/") ? "" : "/"}${path}`;
  if (!listens(target, port)) return bad(`Get "${url}": dial tcp ${host}: connect: connection refused`);
  const { http } = target.behaviour;
  if (http === undefined) return bad(`Get "${url}": EOF`);
  const code = http(path);
  return code >= 200 && code < 400 ? GOOD : bad(`HTTP probe failed with statuscode: ${code}`);
}

/** Until containers run a real shell: commands that look at files, and the images' own health checks. */
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
  return runHttp({ port, path: match[4] ?? "/", host: match[2] ?? "", scheme: match[1] ?? "" }, target);
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
