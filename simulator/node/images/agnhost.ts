import type { Container } from "../../api/schema/generated/types.ts";
import { conversionWebhook } from "./agnhost-conversion.ts";
import { grpcHealth } from "./agnhost-grpc.ts";
import { guestbook, register } from "./agnhost-guestbook.ts";
import { mounttest, readInLoop } from "./agnhost-mounttest.ts";
import { goLog, netexec, netexecUdp, problemText } from "./agnhost-netexec.ts";
import { nettest } from "./agnhost-nettest.ts";
import { webhook } from "./agnhost-webhook.ts";
import { durationMs, flag, numberFlag } from "./flags.ts";
import { type Behaviour, endsAfter, type Image, type Outcome, type Run, runsForever, server } from "./image.ts";
import {
  type LogLine,
  mediaType,
  type OwnLines,
  type ProgramWorld,
  pathOf,
  queryOf,
  respond,
  sniffedType,
} from "./program.ts";
import { klogTime } from "./start-lines.ts";

/*
 * agnhost, the program of many parts that Kubernetes' own tests run. The parts that serve and look are here; those that
 * need other protocols (h2c, SCTP) are refused as unknown commands are.
 */

/** `program`: the name that it was started by. */
type Part = (words: readonly string[], container: Container, program: string) => Behaviour;

/** Ends at once with what it finds out. */
const finds = (look: (world: ProgramWorld) => Outcome): Behaviour => ({ ...endsAfter(60, 0), atStart: look });

const says = (exitCode: number, ...lines: readonly string[]): Outcome => ({
  exitCode,
  afterMs: 60,
  stream: exitCode === 0 ? "stdout" : "stderr",
  lines,
});

const METHODS = ["GET", "POST", "PUT"];
const NAMESPACES = ["kube-system", "default", "ns"];
const MAX_LINES = 100_000;

/** A number that looks like chance, the same for one line each time. */
function scatter(seed: number): number {
  return Math.imul(seed ^ (seed >>> 7), 0x9e3779b1) >>> 8;
}

// Models test/images/agnhost/logs-generator
function generatedLines(total: number, overMs: number): OwnLines {
  return (world, ageMs) => {
    const stepMs = overMs / total;
    const count = Math.min(total, MAX_LINES, Math.floor(ageMs / stepMs) + 1);
    return Array.from({ length: count }, (_none, id): LogLine => {
      const chance = scatter(id + 1 + (world.startedEpochMs % 100_003));
      const name = chance
        .toString(36)
        .replace(/[^a-z0-9]/g, "")
        .slice(0, 3 + (chance % 2));
      const line = `${id} ${METHODS[chance % 3]} /api/v1/namespaces/${NAMESPACES[(chance >> 3) % 3]}/pods/${name} ${200 + (chance % 400)}`;
      const afterMs = Math.floor(id * stepMs);
      const time = klogTime(world.startedEpochMs + afterMs);
      return { afterMs, stream: "stderr", text: `I${time}       1 logs_generator.go:76] ${line}` };
    });
  };
}

const serveHostname: Part = (words) =>
  server([numberFlag(words, 9376, "port")], {
    http: (request, world) => {
      goLog(world, `HTTP request from ${request.from}:${request.fromPort}`);
      return respond(200, world.hostname);
    },
    bytes: (_bytes, world) => world.hostname,
    // It waits for its endpoints to go: a minute after SIGTERM.
    onTerm: { afterMs: 60_000, exitCode: 0 },
  });

function portsOf({ env }: ProgramWorld): ReadonlyMap<number, string> {
  const ports = new Map<number, string>();
  for (const [name, value] of Object.entries(env)) {
    const match = /^SERVE_(?:TCP_|UDP_|TLS_)?PORT_(\d+)$/.exec(name);
    if (match !== null) ports.set(Number(match[1]), value);
  }
  return ports;
}

const porter: Part = (words, { env = [] }) => {
  const tlsPorts = env.flatMap(({ name }) => Number(/^SERVE_TLS_PORT_(\d+)$/.exec(name)?.[1] ?? []));
  const isJson = words.includes("--json-response");
  return server([], {
    tlsPorts,
    listens: (world) => [...portsOf(world).keys()],
    http: (request, world) => {
      const body = portsOf(world).get(request.port) ?? "";
      if (!isJson) return respond(200, body, sniffedType(body));
      return respond(200, JSON.stringify({ Method: request.method, Body: body }), "application/json");
    },
    bytes: (_bytes, world, { port }) => portsOf(world).get(port) ?? "",
    onTerm: { afterMs: 20, exitCode: 2 },
  });
};

const SECONDS_ALIVE = 10;

const liveness: Part = () =>
  server([8080], {
    http: (request, world) => {
      const seconds = (world.epochMs - world.startedEpochMs) / 1000;
      const path = pathOf(request);
      if (path === "/started") return respond(200, `${seconds}s`);
      if (path === "/healthz") return seconds > SECONDS_ALIVE ? respond(500, `error: ${seconds}`) : respond(200, "ok");
      if (path !== "/redirect") return respond(404, "404 page not found\n");
      const answer = respond(302, "");
      return { ...answer, headers: { ...answer.headers, Location: queryOf(request).get("loc") ?? "" } };
    },
    onTerm: { afterMs: 20, exitCode: 2 },
  });

/** A web server over the whole file tree. */
const testWebserver: Part = (words) =>
  server([numberFlag(words, 80, "port")], {
    http: (request, { files }) => {
      const path = pathOf(request);
      const body = files.read(path);
      if (typeof body === "string") return respond(200, body, mediaType(path, "text/plain; charset=utf-8"));
      const names = files.list(path);
      if (!Array.isArray(names)) return respond(404, "404 page not found\n");
      const links = (names as readonly string[]).map((name) => `<a href="${name}">${name}</a>\n`).join("");
      return respond(200, `<pre>\n${links}</pre>\n`, "text/html; charset=utf-8");
    },
  });

function connect(world: ProgramWorld): Outcome {
  const target = world.words?.find((word) => /^[^-].*:\d+$/.test(word)) ?? "";
  const [host = "", port] = [
    target.slice(0, target.lastIndexOf(":")),
    Number(target.slice(target.lastIndexOf(":") + 1)),
  ];
  const [address] = world.network.resolve(host);
  if (address === undefined) return says(1, "DNS");
  const answer = world.network.connect(address, port);
  if (answer === "open") return says(0);
  return says(
    1,
    answer === "refused" ? "REFUSED" : answer === "timeout" ? "TIMEOUT" : `OTHER: ${problemText(target, answer)}`,
  );
}

const readText = ({ files }: ProgramWorld, path: string): string => {
  const bytes = files.read(path);
  return typeof bytes === "string" ? bytes : "";
};

function resolvWords(world: ProgramWorld, name: string): readonly string[] {
  const lines = readText(world, "/etc/resolv.conf").split("\n");
  return lines
    .filter((line) => line.startsWith(`${name} `))
    .flatMap((line) => line.split(/\s+/).slice(1))
    .filter(Boolean);
}

const PARTS: { readonly [name: string]: Part } = {
  pause: () => ({
    ...runsForever(),
    onTerm: { afterMs: 20, exitCode: 2 },
    lines: () => [{ afterMs: 20, stream: "stdout", text: "Paused" }],
  }),
  netexec: (words) => {
    const udp = numberFlag(words, 8081, "udp-port");
    const port = numberFlag(words, 8080, "http-port");
    const tls = Boolean(flag(words, "tls-cert-file"));
    const delay = numberFlag(words, 0, "delay-shutdown");
    return server(udp < 0 ? [port] : [port, udp], {
      tlsPorts: tls ? [port] : [],
      http: netexec,
      bytes: (bytes, world, caller) => (caller.protocol === "udp" ? netexecUdp(bytes, world, caller) : ""),
      onTerm: { afterMs: delay * 1000 + 20, exitCode: 0 },
      lines: () => [{ afterMs: 30, stream: "stderr", text: `Started HTTP server on port ${port}` }],
    });
  },
  "serve-hostname": serveHostname,
  porter,
  liveness,
  "test-webserver": testWebserver,
  guestbook: (words) => {
    const primary = flag(words, "replicaof");
    return server([numberFlag(words, 80, "http-port")], {
      http: guestbook,
      atStart: (world) => {
        if (primary) register(world, primary);
        return undefined;
      },
    });
  },
  nettest: (words) =>
    server([numberFlag(words, 8080, "port")], { http: nettest, onTerm: { afterMs: 20, exitCode: 2 } }),
  mounttest: (words) => {
    const script = readInLoop(words);
    return script === undefined ? finds(mounttest) : { ...runsForever(), script };
  },
  "entrypoint-tester": (words, _container, program) =>
    finds(() => says(0, `[${[program, "entrypoint-tester", ...words].join(" ")}]`)),
  "logs-generator": (words) => {
    const total = numberFlag(words, 0, "log-lines-total", "t");
    const overMs = durationMs(flag(words, "run-duration", "d") ?? "");
    if (total <= 0) return finds(() => says(255, `Invalid total number of lines: ${total}`));
    return overMs <= 0
      ? finds(() => says(255, "Invalid duration: 0s"))
      : { ...endsAfter(overMs, 0), lines: generatedLines(total, overMs) };
  },
  "dns-suffix": () => finds((world) => says(0, resolvWords(world, "search").join(","))),
  "dns-server-list": () => finds((world) => says(0, resolvWords(world, "nameserver").join(","))),
  "etc-hosts": () => finds((world) => says(0, readText(world, "/etc/hosts").replace(/\n$/, ""))),
  connect: () => finds(connect),
  "http-echo": (words) => server([numberFlag(words, 8080, "port")], { http: (request) => respond(200, request.body) }),
  "grpc-health-checking": grpcHealth,
  webhook: (words) => webhook(words),
  "crd-conversion-webhook": (words) => conversionWebhook(words),
  inclusterclient: (words) => {
    const everyMs = Math.max(1, numberFlag(words, 30, "poll-interval")) * 1000;
    const lines: OwnLines = (world, ageMs) =>
      Array.from({ length: Math.floor(ageMs / everyMs) + 1 }, (_none, at): LogLine => {
        const time = klogTime(world.startedEpochMs + at * everyMs);
        return { afterMs: at * everyMs, stream: "stderr", text: `I${time}       1 main.go:104] calling /healthz` };
      });
    return { ...runsForever(), onTerm: { afterMs: 20, exitCode: 2 }, lines };
  },
  fakegitserver: () => server([8000], { http: () => respond(200, "I am a fake git server") }),
  help: () => finds(() => says(0, "Usage:", "  app [command]")),
};

/** The words of the part and after it, whatever stands before: `/agnhost netexec --port=80`. */
function behave({ words, container }: Run): Behaviour {
  // The image has the program under two names.
  const isNamed = /(^|\/)agnhost(-2)?$/.test(words?.[0] ?? "");
  const program = isNamed ? (words?.[0] ?? "") : "/agnhost";
  const given = isNamed ? words?.slice(1) : words;
  // The image's own command.
  const [name = "pause", ...rest] = given ?? ["pause"];
  const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
  return (
    part?.(rest, container, program) ??
    finds(() => says(1, `Error: unknown command "${name}" for "app"`, "Run 'app --help' for usage."))
  );
}

const image = (name: string): Image => ({
  name,
  sizeBytes: 53_500_000,
  majors: [1, 3],
  files: { "/agnhost": "\x7fELF" },
  behave,
});

/** The pictures of the update demonstration: a web server that names the picture it has. */
const picture = (name: string): Image => ({
  name: `registry.k8s.io/e2e-test-images/${name}`,
  sizeBytes: 49_700_000,
  files: {
    "/test-webserver": "\x7fELF",
    "/data.json": `{\n  "image": "${name}.jpg"\n}\n`,
    [`/${name}.jpg`]: "\xff\xd8\xff",
  },
  programs: ["test-webserver"],
  behave: ({ words, container }) => testWebserver(words?.slice(1) ?? [], container, "/test-webserver"),
});

export const agnhost: readonly Image[] = [
  picture("nautilus"),
  picture("kitten"),
  image("registry.k8s.io/e2e-test-images/agnhost"),
  image("k8s.gcr.io/e2e-test-images/agnhost"),
  image("gcr.io/kubernetes-e2e-test-images/agnhost"),
];
