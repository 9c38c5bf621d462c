import { durationMs, flag, numberFlag, sizeBytes } from "./flags.ts";
import { type Behaviour, endsAfter, type Image, MEBIBYTE, type Outcome, runsForever, server } from "./image.ts";
import { headerOf, type OwnLines, type ProgramRequest, type ProgramWorld, pathOf, respond } from "./program.ts";
import { accessTime, timeParts } from "./start-lines.ts";

/* Small programs that examples and courses are made of. */

/** The number after a tag's `v`, or its first number: `hello-app:2.0` is version 2.0.0. */
function versionOf({ container }: ProgramWorld): string {
  const tag = /:v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec((container.image ?? "").split("/").at(-1) ?? "");
  return `${tag?.[1] ?? "1"}.${tag?.[2] ?? "0"}.${tag?.[3] ?? "0"}`;
}

const says = (text: string): OwnLines => {
  const lines = text.split("\n").map((line) => ({ afterMs: 20, stream: "stdout" as const, text: line }));
  return () => lines;
};

const isProbe = (request: ProgramRequest): boolean =>
  headerOf(request, "user-agent")?.startsWith("kube-probe/") === true;

function goTime(epochMs: number): string {
  const { year, month, day, hour, minute, second } = timeParts(epochMs);
  return `${year}/${month}/${day} ${hour}:${minute}:${second}`;
}

const plain = (name: string, bytes: number, behaviour: () => Behaviour, more: Partial<Image> = {}): Image => ({
  name,
  sizeBytes: bytes,
  ...more,
  behave: behaviour,
});

/** Google's hello-app: says its version and its host's name, on $PORT or 8080. */
function helloApp(): Behaviour {
  const portOf = ({ env }: ProgramWorld) => Number(env.PORT || 8080);
  return server([8080], {
    listens: (world) => [portOf(world)],
    http: (request, world) => {
      if (!isProbe(request)) world.log("stderr", `${goTime(world.epochMs)} Serving request: ${pathOf(request)}`);
      return respond(200, `Hello, world!\nVersion: ${versionOf(world)}\nHostname: ${world.hostname}\n`);
    },
    lines: (world) => [
      {
        afterMs: 20,
        stream: "stderr",
        text: `${goTime(world.startedEpochMs)} Server listening on port ${portOf(world)}`,
      },
    ],
    onTerm: { afterMs: 20, exitCode: 2 },
  });
}

/** The program of Kubernetes' own basics: its answer shows which pod it came from. */
function bootcamp(): Behaviour {
  return server([8080], {
    http: (request, world) => {
      const version = versionOf(world).split(".")[0];
      if (!isProbe(request)) {
        const upSeconds = (world.epochMs - world.startedEpochMs) / 1000;
        const time = new Date(world.epochMs).toISOString();
        world.log(
          "stdout",
          `Running On:  ${world.hostname} | Total Requests: ${count(world)} | App Uptime: ${upSeconds} seconds | Log Time: ${time}`,
        );
      }
      return respond(200, `Hello Kubernetes bootcamp! | Running on: ${world.hostname} | v=${version}\n`);
    },
    lines: (world) => [
      {
        afterMs: 30,
        stream: "stdout",
        text: `Kubernetes Bootcamp App Started At: ${new Date(world.startedEpochMs).toISOString()} | Running On:  ${world.hostname} `,
      },
    ],
  });
}

function count({ memory }: ProgramWorld): number {
  const next = Number(memory.get("requests") ?? 0) + 1;
  memory.set("requests", String(next));
  return next;
}

/** What the request looked like, as the older echoserver prints it. */
function echoText(request: ProgramRequest, world: ProgramWorld): string {
  const headers = Object.entries(request.headers)
    .map(([name, value]): string => `\t${name.toLowerCase()}=${value}`)
    .sort();
  const host = headerOf(request, "host") ?? world.podIp;
  return `

Hostname: ${world.hostname}

Pod Information:
\t-no pod information available-

Server values:
\tserver_version=nginx/1.14.2 - lua/10015

Request Information:
\tclient_address=${request.from}
\tmethod=${request.method}
\treal path=${request.path}
\tquery=${request.path.split("?")[1] ?? ""}
\trequest_version=1.1
\trequest_scheme=${request.secure ? "https" : "http"}
\trequest_uri=http://${host}${request.port === 80 ? "" : `:${request.port}`}${request.path}

Request Headers:
${headers.join("\n")}

Request Body:
${request.body === "" ? "\t-no body in request-" : request.body}

`;
}

function echoserver(): Behaviour {
  return server([8080, 8443], {
    tlsPorts: [8443],
    http: (request, world) => {
      if (!isProbe(request)) {
        const asked = `"${request.method} ${request.path} HTTP/1.1" 200`;
        world.log(
          "stdout",
          `${request.from} - - [${accessTime(world.epochMs)}] ${asked} ${echoText(request, world).length} "-" "${headerOf(request, "user-agent") ?? "-"}"`,
        );
      }
      return respond(200, echoText(request, world), "text/plain");
    },
  });
}

/** hashicorp/http-echo: one text for every path. It does not start without one. */
function httpEcho(): Behaviour {
  const textOf = ({ words, env }: ProgramWorld) => flag(words, "text") ?? env.ECHO_TEXT ?? "hello-world";
  const portOf = ({ words }: ProgramWorld) => Number(/:(\d+)$/.exec(flag(words, "listen") ?? ":5678")?.[1] ?? 5678);
  return server([5678], {
    listens: (world) => [portOf(world)],
    http: (request, world) => {
      if (!isProbe(request)) {
        const asked = `${request.method} ${pathOf(request)} HTTP/1.1`;
        const agent = headerOf(request, "user-agent") ?? "";
        world.log(
          "stdout",
          `${goTime(world.epochMs)} ${headerOf(request, "host") ?? ""} ${request.from}:${request.fromPort} "${asked}" 200 ${textOf(world).length + 1} "${agent}" 12.4µs`,
        );
      }
      const path = pathOf(request);
      return path === "/health"
        ? respond(200, '{"status":"ok"}\n', "application/json")
        : respond(Number(flag(world.words, "status-code") ?? 200), `${textOf(world)}\n`, "text/plain; charset=utf-8", {
            "X-App-Name": "http-echo",
            "X-App-Version": "1.0.0",
          });
    },
    lines: (world) => [
      {
        afterMs: 20,
        stream: "stderr",
        text: `${goTime(world.startedEpochMs)} [INFO] server is listening on :${portOf(world)}`,
      },
    ],
    onTerm: { afterMs: 30, exitCode: 0 },
  });
}

/** ealen/echo-server: the request as JSON. */
function ealenEcho(): Behaviour {
  return server([80], {
    listens: ({ env }) => [Number(env.PORT || 80)],
    http: (request, world) => {
      const host = { hostname: headerOf(request, "host") ?? "", ip: `::ffff:${request.from}`, ips: [] };
      const path = pathOf(request);
      const http = { method: request.method, baseUrl: "", originalUrl: request.path, protocol: "http" };
      const body = {
        host,
        http,
        request: { params: { 0: path }, query: {}, cookies: {}, body: {}, headers: request.headers },
        environment: world.env,
      };
      return respond(200, JSON.stringify(body), "application/json; charset=utf-8");
    },
    lines: says("Listening on port 80."),
  });
}

/** traefik/whoami: the request, and where it ended. */
function whoami(): Behaviour {
  return server([80], {
    listens: ({ words }) => [numberFlag(words, 80, "port")],
    http: (request, world) => {
      if (pathOf(request) === "/health") return respond(200, "");
      const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}\n`);
      const name = flag(world.words, "name") ?? world.env.WHOAMI_NAME;
      return respond(
        200,
        `${name ? `Name: ${name}\n` : ""}Hostname: ${world.hostname}\nIP: 127.0.0.1\nIP: ${world.podIp}\nRemoteAddr: ${request.from}:${request.fromPort}\n${request.method} ${request.path} HTTP/1.1\nHost: ${headerOf(request, "host") ?? ""}\n${headers.join("")}\n`,
      );
    },
    lines: (world) => [
      {
        afterMs: 10,
        stream: "stdout",
        text: `${goTime(world.startedEpochMs)} Starting up on port ${numberFlag(world.words, 80, "port")}`,
      },
    ],
  });
}

/** A page, or a word, on every path. */
const says200 = (port: number, body: (world: ProgramWorld) => string, type?: string) => (): Behaviour =>
  server([port], { http: (_request, world) => respond(200, body(world), type) });

/** A page that asks a backend of the cluster, as nginx in front of it does. */
function helloFrontend(): Behaviour {
  return server([80], {
    http: (request, world) => {
      const [address] = world.network.resolve("hello");
      const { method, path, body } = request;
      const answer =
        address === undefined ? undefined : world.network.http(address, 80, { method, path, headers: {}, body });
      return answer === undefined || typeof answer === "string"
        ? respond(502, "<h1>502 Bad Gateway</h1>\n", "text/html")
        : answer;
    },
    // Its nginx looks up its upstream at its start, and ends when that is not there.
    atStart: (world) =>
      world.network.resolve("hello").length > 0
        ? undefined
        : {
            exitCode: 1,
            afterMs: 90,
            stream: "stderr",
            lines: ['nginx: [emerg] host not found in upstream "hello" in /etc/nginx/conf.d/default.conf:2'],
          },
  });
}

/** WordPress' first page; it wants its database for anything else. */
function wordpress(): Behaviour {
  return server([80], {
    readyAfterMs: 1500,
    http: (request, world) => {
      const [host = "mysql", port = "3306"] = (world.env.WORDPRESS_DB_HOST ?? "mysql").split(":");
      const [address] = world.network.resolve(host);
      const isUp = address !== undefined && world.network.connect(address, Number(port)) === "open";
      if (!isUp) return respond(500, "<h1>Error establishing a database connection</h1>\n", "text/html; charset=utf-8");
      if (pathOf(request) === "/wp-admin/install.php")
        return respond(200, "<title>WordPress &rsaquo; Installation</title>\n", "text/html; charset=utf-8");
      const answer = respond(302, "", "text/html; charset=utf-8");
      return {
        ...answer,
        headers: {
          ...answer.headers,
          Location: `http://${headerOf(request, "host") ?? world.podIp}/wp-admin/install.php`,
        },
      };
    },
  });
}

const VM_BYTES = 256 * MEBIBYTE;

/** stress: workers that take processor time and memory, for as long as it was told. */
function stress(words: readonly string[] | undefined): Behaviour {
  const given = words?.[0]?.endsWith("stress") ? words.slice(1) : words;
  if (given === undefined || given.length === 0) return endsAfter(20, 0);
  const cpus = numberFlag(given, 0, "cpu", "c") + numberFlag(given, 0, "io", "i");
  const vms = numberFlag(given, 0, "vm", "m");
  const bytes = flag(given, "vm-bytes");
  const memoryBytes = vms * (bytes === undefined ? VM_BYTES : sizeBytes(bytes, true));
  const timeout = flag(given, "timeout", "t");
  const base = timeout === undefined ? runsForever() : endsAfter(durationMs(timeout), 0);
  const hogs = `dispatching hogs: ${cpus} cpu, 0 io, ${vms} vm, 0 hdd`;
  return {
    ...base,
    onTerm: { afterMs: 20, exitCode: 143 },
    usage: { memoryBytes, cpuMilli: (cpus + vms) * 1000, afterMs: 300 },
    lines: () => [{ afterMs: 10, stream: "stdout", text: `stress: info: [1] ${hogs}` }],
  };
}

/** vish/stress: so many processors, and memory that grows. */
function vishStress(words: readonly string[] | undefined): Behaviour {
  const cpus = numberFlag(words, 0, "cpus");
  const memoryBytes = sizeBytes(flag(words, "mem-total") ?? "0", false);
  return {
    ...runsForever(),
    onTerm: { afterMs: 20, exitCode: 2 },
    usage: { memoryBytes, cpuMilli: cpus * 1000, afterMs: 1000 },
    lines: (world) => [
      {
        afterMs: 10,
        stream: "stderr",
        text: `I${goTime(world.startedEpochMs)} main.go:26] Allocating "${flag(words, "mem-total") ?? "0"}" memory, in "4Ki" chunks, with a 1ms sleep between allocations`,
      },
      {
        afterMs: 20,
        stream: "stderr",
        text: `I${goTime(world.startedEpochMs)} main.go:29] Spawning a thread to consume CPU`,
      },
    ],
  };
}

/** Kubernetes' resource consumer: told over HTTP what to take. What it takes is not followed. */
function resourceConsumer(): Behaviour {
  return server([8080], {
    http: (request) => {
      const path = pathOf(request);
      if (!["/ConsumeCPU", "/ConsumeMem", "/BumpMetric"].includes(path)) return respond(404, "unknown function\n");
      return request.method === "POST" ? respond(200, `${path.slice(1)}\n`) : respond(400, "not supported\n");
    },
  });
}

const HPA_PAGE = "OK!";

/** The images of this file: one line each. */
// Models test/images/nonewprivs
/** Who a program of root's with the set-uid bit runs as: root, unless the container may not gain privileges. */
function effectiveUser({ container, pod }: ProgramWorld): Outcome {
  const own = container.securityContext;
  const user = own?.runAsUser ?? pod.spec.securityContext?.runAsUser ?? 0;
  const uid = own?.allowPrivilegeEscalation === false ? user : 0;
  return { exitCode: 0, afterMs: 20, stream: "stdout", lines: [`Effective uid: ${uid}`] };
}

export const samples: readonly Image[] = [
  plain("gcr.io/google-samples/hello-app", 27_800_000, helloApp),
  plain("us-docker.pkg.dev/google-samples/containers/gke/hello-app", 27_800_000, helloApp),
  plain(
    "gcr.io/google-samples/node-hello",
    264_000_000,
    says200(8080, () => "Hello Kubernetes!"),
  ),
  plain(
    "gcr.io/google-samples/hello-go-gke",
    4_700_000,
    says200(80, () => '{"message":"Hello"}\n', "application/json"),
  ),
  plain("gcr.io/google-samples/hello-frontend", 51_000_000, helloFrontend),
  plain("gcr.io/google-samples/kubernetes-bootcamp", 83_000_000, bootcamp),
  plain("docker.io/jocatalin/kubernetes-bootcamp", 83_000_000, bootcamp),
  plain("gcr.io/k8s-minikube/kubernetes-bootcamp", 83_000_000, bootcamp),
  plain("registry.k8s.io/echoserver", 46_000_000, echoserver),
  plain("registry.k8s.io/e2e-test-images/echoserver", 46_000_000, echoserver),
  plain("k8s.gcr.io/echoserver", 46_000_000, echoserver),
  plain("gcr.io/google_containers/echoserver", 46_000_000, echoserver),
  plain("docker.io/kicbase/echo-server", 2_100_000, echoserver),
  plain("docker.io/hashicorp/http-echo", 3_200_000, httpEcho),
  plain("docker.io/ealen/echo-server", 40_000_000, ealenEcho),
  plain("docker.io/traefik/whoami", 2_800_000, whoami),
  plain(
    "registry.k8s.io/hpa-example",
    176_000_000,
    says200(80, () => HPA_PAGE, "text/html; charset=UTF-8"),
  ),
  plain(
    "registry.k8s.io/serve_hostname",
    4_000_000,
    says200(9376, ({ hostname }) => hostname),
  ),
  plain("registry.k8s.io/goproxy", 5_000_000, () => server([8080])),
  plain(
    "us-docker.pkg.dev/google-samples/containers/gke/gb-frontend",
    350_000_000,
    says200(80, () => '<html ng-app="redis"><head><title>Guestbook</title></head></html>\n', "text/html"),
  ),
  plain("docker.io/library/wordpress", 260_000_000, wordpress, { majors: [4, 6] }),
  { name: "docker.io/polinux/stress", sizeBytes: 4_000_000, behave: ({ words }) => stress(words) },
  { name: "docker.io/progrium/stress", sizeBytes: 75_000_000, behave: ({ words }) => stress(words) },
  { name: "docker.io/vish/stress", sizeBytes: 1_700_000, behave: ({ words }) => vishStress(words) },
  plain("registry.k8s.io/e2e-test-images/resource-consumer", 52_000_000, resourceConsumer),
  plain("registry.k8s.io/e2e-test-images/jessie-dnsutils", 112_000_000, runsForever),
  plain("registry.k8s.io/e2e-test-images/nonewprivs", 6_700_000, () => ({
    ...endsAfter(20, 0),
    atStart: effectiveUser,
  })),
  plain("registry.k8s.io/e2e-test-images/sample-device-plugin", 11_000_000, runsForever),
  plain("docker.io/kubernetes/pause", 250_000, () => server([], { onTerm: { afterMs: 20, exitCode: 0 } })),
];
