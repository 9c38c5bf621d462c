import { parseImageName } from "../images/image-name.ts";
import { imageConfigOf } from "./image-family.ts";

const list = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Programs that we have and that busybox and alpine lack. */
const BUSYBOX_LACKS = list(
  "bash dash curl dig jq yq ss perl getent apt apt-get dpkg vim nano git gcc make ssh openssl strace tcpdump go java php ruby pip",
);
/** What Debian's own images, and those of servers built on them, lack: they are for one program. */
const DEBIAN_LACKS = list(
  "ash curl wget nc nslookup dig ping ps top sysctl free uptime kill pgrep pidof killall watch ip ifconfig netstat ss vi vim nano less file tree jq yq bc xxd unzip time busybox apk git gcc make ssh openssl strace tcpdump go java php ruby pip",
);
/** Images with tools for building have these too. */
const BUILD_TOOLS = list(
  "curl wget ps top sysctl free uptime kill pgrep pidof watch file git gcc make ssh openssl unzip",
);

/** Ubuntu's image has these, Debian's has not. */
const PROCESS_TOOLS = list("ps top sysctl free uptime kill pgrep pkill pidof watch");

/** Official images whose programs are known; in others everything that is simulated is there. */
const SERVERS = /^library\/(debian|ubuntu|nginx|httpd|redis|postgres|mysql|mariadb|mongo|memcached)$/;
const BUILDERS = /^library\/(python|node|golang|ruby|perl)$/;

/** Programs that stand in the images that they belong to, and nowhere else. */
const OWN: readonly (readonly [program: RegExp, images: RegExp])[] = [
  [/^redis-(cli|server)$/, /redis|valkey/],
  [/^(psql|pg_isready)$/, /postgres|postgis|timescale/],
  [/^(mysql|mysqladmin|mariadb|mariadb-admin|healthcheck\.sh)$/, /mysql|mariadb|xtrabackup/],
  [/^(mongosh|mongo)$/, /mongo/],
  [/^nginx$/, /nginx/],
  [/^(python3?|pip)$/, /python/],
  [/^(node|npm)$/, /node/],
  [/^apk$/, /alpine/],
];

/** Whether an image is known not to have a program that is simulated. */
export function lacksProgram(image: string, program: string): boolean {
  const name = parseImageName(image);
  if (!name.ok) return false;
  const { path, tag = "" } = name.value;
  const { family } = imageConfigOf({ name: "", image });
  const own = OWN.find(([programs]) => programs.test(program));
  if (own !== undefined) return !own[1].test(program === "apk" ? family : path);
  if (family === "scratch" || family === "distroless") return path.split("/").at(-1) !== program;
  if (path === "library/bash") return program !== "bash" && BUSYBOX_LACKS.has(program);
  const isPlain = family === "busybox" || family === "alpine";
  if (isPlain) return /^library\//.test(path) && BUSYBOX_LACKS.has(program);
  if (path === "library/nginx" && program === "curl") return false;
  if (BUILDERS.test(path) && !/slim/.test(tag) && BUILD_TOOLS.has(program)) return false;
  if (path === "library/ubuntu" && PROCESS_TOOLS.has(program)) return false;
  return (SERVERS.test(path) || BUILDERS.test(path)) && DEBIAN_LACKS.has(program);
}
