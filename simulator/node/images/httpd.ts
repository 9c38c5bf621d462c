import type { NetworkResponse } from "../../network/network-view.ts";
import { type Image, server } from "./image.ts";
import {
  headerOf,
  mediaType,
  type OwnLines,
  type ProgramRequest,
  type ProgramWorld,
  pathOf,
  respond,
} from "./program.ts";
import { accessTime, httpDate, timeParts } from "./start-lines.ts";

/* Apache's httpd: serves its folder. Its configuration is not read. */

const FOLDER = "/usr/local/apache2/htdocs";
const INDEX = "<html><body><h1>It works!</h1></body></html>\n";
const own: Readonly<Record<string, string>> = { [`${FOLDER}/index.html`]: INDEX };
const VERSION = "2.4.66";

function fileAt(world: ProgramWorld, path: string): string | undefined {
  if (world.pristine) return own[path];
  const bytes = world.files.read(path);
  return typeof bytes === "string" ? bytes : undefined;
}

const NOT_FOUND = `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">
<html><head>
<title>404 Not Found</title>
</head><body>
<h1>Not Found</h1>
<p>The requested URL was not found on this server.</p>
</body></html>
`;

function answer(request: ProgramRequest, world: ProgramWorld): NetworkResponse {
  const path = pathOf(request);
  const full = `${FOLDER}${path}${path.endsWith("/") ? "index.html" : ""}`;
  const body = fileAt(world, full);
  const found =
    body === undefined
      ? respond(404, NOT_FOUND, "text/html; charset=iso-8859-1")
      : respond(200, body, mediaType(full, "text/plain"), { "Accept-Ranges": "bytes" });
  if (headerOf(request, "user-agent")?.startsWith("kube-probe/") !== true) {
    const asked = `"${request.method} ${request.path} HTTP/1.1" ${found.status} ${found.body.length}`;
    world.log("stdout", `${request.from} - - [${accessTime(world.epochMs)}] ${asked}`);
  }
  const headers = { Date: httpDate(world.epochMs), Server: `Apache/${VERSION} (Unix)`, ...found.headers };
  return { status: found.status, headers, body: request.method === "HEAD" ? "" : found.body };
}

const lines: OwnLines = (world) => {
  const ip = world.podIp;
  const { dayName, monthName, day, hour, minute, second, millis, year } = timeParts(world.startedEpochMs + 40);
  const opening = `[${dayName} ${monthName} ${day} ${hour}:${minute}:${second}.${millis}417 ${year}]`;
  const name = "Set the 'ServerName' directive globally to suppress this message";
  const domain = `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${ip}. ${name}`;
  return [
    domain,
    domain,
    `${opening} [mpm_event:notice] [pid 1:tid 1] AH00489: Apache/${VERSION} (Unix) configured -- resuming normal operations`,
    `${opening} [core:notice] [pid 1:tid 1] AH00094: Command line: 'httpd -D FOREGROUND'`,
  ].map((text) => ({ afterMs: 40, stream: "stderr" as const, text }));
};

const image = (name: string): Image => ({
  name,
  sizeBytes: 58_727_201,
  majors: [2, 2],
  files: own,
  behave: () => server([80], { http: answer, lines }),
});

export const httpd = image("docker.io/library/httpd");
export const httpdOfKubernetes = image("registry.k8s.io/e2e-test-images/httpd");
