import type { NetworkResponse } from "../../network/network-view.ts";
import { type Image, type Run, server } from "./image.ts";
import { type Directive, directives } from "./nginx-config.ts";
import { proxied } from "./nginx-proxy.ts";
import { locationFor, prefixOf, readSites, type Site, type SiteConfig, setting, siteFor } from "./nginx-site.ts";
import {
  headerOf,
  type LogLine,
  mediaType,
  type ProgramRequest,
  type ProgramWorld,
  pathOf,
  respond,
  statusText,
} from "./program.ts";
import { accessTime, httpDate, timeParts } from "./start-lines.ts";

/*
 * nginx: serves its folders, and follows its configuration in the forms that examples use (server, location, root,
 * alias, index, try_files, return, rewrite to a whole path, proxy_pass, add_header, autoindex, stub_status, deny).
 */

const VERSION = "1.29.3";
const HTML_FOLDER = "/usr/share/nginx/html";
const BUILT_MS = 1_761_664_021_000;

const style = `<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>`;

const WELCOME = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
${style}
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`;

const TROUBLE = `<!DOCTYPE html>
<html>
<head>
<title>Error</title>
${style}
</head>
<body>
<h1>An error occurred.</h1>
<p>Sorry, the page you are looking for is currently unavailable.<br/>
Please try again later.</p>
</body>
</html>
`;

const NGINX_CONF = `user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;

events {
    worker_connections  1024;
}

http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;

    access_log  /var/log/nginx/access.log  main;

    sendfile        on;
    keepalive_timeout  65;

    include /etc/nginx/conf.d/*.conf;
}
`;

const DEFAULT_CONF = (port: number) => `server {
    listen       ${port};
    server_name  localhost;

    location / {
        root   ${HTML_FOLDER};
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   ${HTML_FOLDER};
    }
}
`;

function filesOf(port: number): Readonly<Record<string, string>> {
  return {
    [`${HTML_FOLDER}/index.html`]: WELCOME,
    [`${HTML_FOLDER}/50x.html`]: TROUBLE,
    "/etc/nginx/nginx.conf": NGINX_CONF,
    "/etc/nginx/mime.types": "types {\n    text/html  html htm;\n}\n",
    "/etc/nginx/conf.d/default.conf": DEFAULT_CONF(port),
  };
}

/** The version that a tag names, or the latest. */
function versionOf({ container }: ProgramWorld): string {
  const tag = /:(\d+\.\d+)(\.\d+)?[^/]*$/.exec(container.image ?? "");
  return tag === null ? VERSION : `${tag[1]}${tag[2] ?? ".5"}`;
}

function errorPage(world: ProgramWorld, status: number, text = statusText(status)): NetworkResponse {
  const title = `${status} ${status === 503 ? "Service Temporarily Unavailable" : text}`;
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx/${versionOf(world)}</center>\r\n</body>\r\n</html>\r\n`;
  return respond(status, body, "text/html");
}

const TIMES = { "Last-Modified": httpDate(BUILT_MS) };

function page(body: string, path: string, type: string): NetworkResponse {
  const tag = `"${(BUILT_MS / 1000).toString(16)}-${body.length.toString(16)}"`;
  return respond(200, body, mediaType(path, type), { ...TIMES, ETag: tag, "Accept-Ranges": "bytes" });
}

/** A file of the container; where nothing was mounted or written, of the image itself. */
function fileAt(world: ProgramWorld, path: string, own: Readonly<Record<string, string>>): string | undefined {
  if (world.pristine) return own[path];
  const bytes = world.files.read(path);
  return typeof bytes === "string" ? bytes : undefined;
}

interface Scene {
  readonly world: ProgramWorld;
  readonly request: ProgramRequest;
  readonly own: Readonly<Record<string, string>>;
}

function substitute(text: string, { request, world }: Scene): string {
  const path = pathOf(request);
  const host = (headerOf(request, "host") ?? world.podIp).replace(/:\d+$/, "");
  const values: { readonly [name: string]: string } = {
    host,
    uri: path,
    request_uri: request.path,
    document_uri: path,
    args: request.path.split("?")[1] ?? "",
    is_args: request.path.includes("?") ? "?" : "",
    scheme: request.secure ? "https" : "http",
    hostname: world.hostname,
    remote_addr: request.from,
    remote_port: String(request.fromPort),
    server_addr: world.podIp,
    server_port: String(request.port),
    request_method: request.method,
    http_host: headerOf(request, "host") ?? "",
    server_name: host,
    time_local: accessTime(world.epochMs),
    proxy_add_x_forwarded_for: request.from,
    nginx_version: versionOf(world),
    http_user_agent: headerOf(request, "user-agent") ?? "",
  };
  return text.replace(
    /\$\{?(\w+)\}?/g,
    (whole, name: string) => values[name] ?? (name.startsWith("http_") ? "" : whole),
  );
}

/** What `return 200 "text";` and its like answer. */
function returned(scene: Scene, words: readonly string[], type: string): NetworkResponse {
  const [first = "", second] = words;
  const status = /^\d+$/.test(first) ? Number(first) : 302;
  const text = /^\d+$/.test(first) ? second : first;
  if (text === undefined) return status === 204 ? respond(204, "") : errorPage(scene.world, status);
  const value = substitute(text, scene);
  if (![301, 302, 303, 307, 308].includes(status)) return respond(status, value, type);
  const answer = errorPage(scene.world, status);
  return { ...answer, headers: { ...answer.headers, Location: value } };
}

function autoindex(scene: Scene, folder: string, path: string): NetworkResponse | undefined {
  const names = scene.world.files.list(folder);
  if (!Array.isArray(names)) return undefined;
  const rows = (names as readonly string[]).map((name) => `<a href="${name}">${name}</a>`).join("\r\n");
  const title = `Index of ${path}`;
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<h1>${title}</h1><hr><pre><a href="../">../</a>\r\n${rows}\r\n</pre><hr></body>\r\n</html>\r\n`;
  return respond(200, body, "text/html");
}

function fromFolder(scene: Scene, site: Site | undefined, location: Directive | undefined): NetworkResponse {
  const { world, request, own } = scene;
  const path = decodeURI(pathOf(request));
  const alias = site && directives(location?.block, "alias").at(-1)?.words[0];
  const root = (site && setting(site, location, "root")?.[0]) ?? HTML_FOLDER;
  const base = (at: string) =>
    alias === undefined ? `${root}${at}` : `${alias}${at.slice(prefixOf(location as Directive).length)}`;
  const index = (site && setting(site, location, "index")) ?? ["index.html"];
  const type = (site && setting(site, location, "default_type")?.[0]) ?? "application/octet-stream";
  const find = (at: string): NetworkResponse | undefined => {
    const full = base(at).replace(/\/+/g, "/");
    if (!full.endsWith("/")) {
      const body = fileAt(world, full, own);
      return body === undefined ? undefined : page(body, full, type);
    }
    for (const name of index) {
      const body = fileAt(world, `${full}${name}`, own);
      if (body !== undefined) return page(body, name, type);
    }
    const lists = site !== undefined && setting(site, location, "autoindex")?.[0] === "on";
    return lists ? autoindex(scene, full.slice(0, -1) || "/", at) : undefined;
  };
  for (const tried of (site && setting(site, location, "try_files")) ?? []) {
    const at = substitute(tried, scene);
    if (at.startsWith("=")) return errorPage(world, Number(at.slice(1)));
    const found = find(at);
    if (found !== undefined) return found;
  }
  return find(path) ?? missing(scene, base(path).replace(/\/+/g, "/"));
}

function missing(scene: Scene, full: string): NetworkResponse {
  const { world, request } = scene;
  const isFolder = !world.pristine && world.files.stat(full, true)?.kind === "directory";
  if (isFolder && !full.endsWith("/")) {
    const answer = errorPage(world, 301);
    const where = `http://${headerOf(request, "host") ?? world.podIp}${pathOf(request)}/`;
    return { ...answer, headers: { ...answer.headers, Location: where } };
  }
  const forbidden = full.endsWith("/") && (isFolder || full === `${HTML_FOLDER}/`);
  const why = forbidden
    ? `directory index of "${full}" is forbidden`
    : `open() "${full}" failed (2: No such file or directory)`;
  const { year, month, day, hour, minute, second } = timeParts(world.epochMs);
  const asked = `request: "${request.method} ${request.path} HTTP/1.1", host: "${headerOf(request, "host") ?? ""}"`;
  const line = `${year}/${month}/${day} ${hour}:${minute}:${second} [error] 29#29: *1 ${why}, client: ${request.from}, server: localhost, ${asked}`;
  if (isLogged(request)) world.log("stderr", line);
  return errorPage(world, forbidden ? 403 : 404);
}

/** Requests of probes come all the time: they are not written down (see docs/fidelity.md). */
function isLogged(request: ProgramRequest): boolean {
  return headerOf(request, "user-agent")?.startsWith("kube-probe/") !== true;
}

function configured(scene: Scene, config: SiteConfig): NetworkResponse {
  const { world, request } = scene;
  const site = siteFor(config, request);
  if (site === undefined) return errorPage(world, 404);
  const location = locationFor(site, pathOf(request));
  const block = [...site.block.filter(({ name }) => name === "return"), ...(location?.block ?? [])];
  const type = setting(site, location, "default_type")?.[0] ?? "text/plain";
  const answer = directives(block, "return").at(0)?.words;
  const extra: Record<string, string> = {};
  for (const { words } of [...directives(site.block, "add_header"), ...directives(location?.block, "add_header")]) {
    extra[words[0] ?? ""] = substitute(words[1] ?? "", scene);
  }
  const pass = directives(location?.block, "proxy_pass").at(-1)?.words[0];
  const found =
    answer !== undefined
      ? returned(scene, answer, type)
      : directives(location?.block, "deny").some(({ words }) => words[0] === "all")
        ? errorPage(world, 403)
        : pass !== undefined
          ? (proxied(world, request, substitute(pass, scene), location, config) ?? errorPage(world, 502))
          : directives(location?.block, "stub_status").length > 0
            ? respond(200, STUB_STATUS, "text/plain")
            : fromFolder(scene, site, location);
  return { ...found, headers: { ...found.headers, ...extra } };
}

const STUB_STATUS =
  "Active connections: 1 \nserver accepts handled requests\n 1 1 1 \nReading: 0 Writing: 1 Waiting: 0 \n";

function answer(own: Readonly<Record<string, string>>) {
  return (request: ProgramRequest, world: ProgramWorld): NetworkResponse => {
    const scene: Scene = { world, request, own };
    const config = world.pristine ? undefined : readSites(world.files);
    const known = request.method === "GET" || request.method === "HEAD";
    const response =
      config !== undefined && typeof config !== "string"
        ? configured(scene, config)
        : known
          ? fromFolder(scene, undefined, undefined)
          : errorPage(world, 405, "Not Allowed");
    const { status, body, headers } = response;
    if (isLogged(request)) {
      const agent = headerOf(request, "user-agent") ?? "-";
      const asked = `"${request.method} ${request.path} HTTP/1.1" ${status} ${body.length}`;
      const by = `"${headerOf(request, "x-forwarded-for") ?? "-"}"`;
      const referer = headerOf(request, "referer") ?? "-";
      world.log("stdout", `${request.from} - - [${accessTime(world.epochMs)}] ${asked} "${referer}" "${agent}" ${by}`);
    }
    const common = { Server: `nginx/${versionOf(world)}`, Date: httpDate(world.epochMs), Connection: "keep-alive" };
    return { status, headers: { ...common, ...headers }, body: request.method === "HEAD" ? "" : body };
  };
}

const ENTRYPOINT = [
  "/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration",
  "/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/",
  "/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh",
  "10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf",
  "10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf",
  "/docker-entrypoint.sh: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh",
  "/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh",
  "/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh",
  "/docker-entrypoint.sh: Configuration complete; ready for start up",
];

function startLog(world: ProgramWorld): readonly LogLine[] {
  const hasEntrypoint = !world.container.command?.length;
  const { year, month, day, hour, minute, second } = timeParts(world.startedEpochMs);
  const opening = `${year}/${month}/${day} ${hour}:${minute}:${second} [notice] 1#1:`;
  const notices = [
    'using the "epoll" event method',
    `nginx/${versionOf(world)}`,
    "built by gcc 14.2.0 (Debian 14.2.0-19) ",
    "OS: Linux 6.12.48+deb13-amd64",
    "getrlimit(RLIMIT_NOFILE): 1048576:1048576",
    "start worker processes",
    ...[29, 30, 31, 32].map((pid) => `start worker process ${pid}`),
  ];
  const entry = hasEntrypoint ? ENTRYPOINT.map((text): LogLine => ({ afterMs: 30, stream: "stdout", text })) : [];
  return [...entry, ...notices.map((text): LogLine => ({ afterMs: 60, stream: "stderr", text: `${opening} ${text}` }))];
}

function behave({ container }: Run, port: number, own: Readonly<Record<string, string>>) {
  const mayDiffer = (container.volumeMounts ?? []).some(({ mountPath }) => mountPath.startsWith("/etc/nginx"));
  const sites = (world: ProgramWorld) => {
    const config = readSites(world.files);
    return typeof config === "string" ? [] : config.sites;
  };
  return server([port], {
    http: answer(own),
    lines: startLog,
    ...(mayDiffer && {
      listens: (world) => sites(world).flatMap(({ ports }) => ports),
      atStart: (world) => {
        const problem = readSites(world.files);
        if (typeof problem !== "string") return undefined;
        const { year, month, day, hour, minute, second } = timeParts(world.startedEpochMs);
        const opening = `${year}/${month}/${day} ${hour}:${minute}:${second} [emerg] 1#1:`;
        const lines = [`${opening} ${problem}`, `nginx: [emerg] ${problem}`];
        return { exitCode: 1, afterMs: 90, stream: "stderr", lines };
      },
    }),
  });
}

const ownFiles = filesOf(80);
const unprivilegedFiles = filesOf(8080);

export const nginx: Image = {
  name: "docker.io/library/nginx",
  sizeBytes: 71_005_258,
  majors: [1, 1],
  tags: ["perl", "alpine-slim"],
  files: ownFiles,
  behave: (run) => behave(run, 80, ownFiles),
};

export const nginxUnprivileged: Image = {
  name: "docker.io/nginxinc/nginx-unprivileged",
  sizeBytes: 71_100_000,
  majors: [1, 1],
  files: unprivilegedFiles,
  behave: (run) => behave(run, 8080, unprivilegedFiles),
};

/** Older names under which Kubernetes' examples and tests have the same program. */
export const nginxOfKubernetes: readonly Image[] = [
  "registry.k8s.io/nginx",
  "registry.k8s.io/nginx-slim",
  "registry.k8s.io/e2e-test-images/nginx",
].map((name) => ({ name, sizeBytes: 51_000_000, files: ownFiles, behave: (run) => behave(run, 80, ownFiles) }));
