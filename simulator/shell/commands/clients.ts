import type { ShellWorld } from "../../index.ts";
import { type Command, failed, type Output } from "./command.ts";

/** The value of an option: `-h host`, `-hhost`, `--host=host`, `--host host`. */
function option(args: readonly string[], short: string, long: string): string | undefined {
  for (const [at, word] of args.entries()) {
    if (word === `-${short}` || word === `--${long}`) return args[at + 1];
    if (word.startsWith(`--${long}=`)) return word.slice(long.length + 3);
    if (word.startsWith(`-${short}`) && !word.startsWith("--")) return word.slice(2);
  }
  return undefined;
}

const addressOf = (world: ShellWorld, host: string): string | undefined =>
  /^\d+\.\d+\.\d+\.\d+$/.test(host) ? host : host === "localhost" ? "127.0.0.1" : world.network?.resolve(host)[0];

/** Whether somebody listens there; else why not. */
function connect(world: ShellWorld, host: string, port: number): string {
  const address = addressOf(world, host);
  if (address === undefined || world.network === undefined) return "unknown-host";
  return world.network.connect(address, port);
}

/** One RESP value as redis-cli prints it where its output is no terminal; gives it and where the next one begins. */
function redisText(text: string, at = 0): readonly [shown: string, next: number] {
  const end = text.indexOf("\r\n", at);
  const line = text.slice(at + 1, end < 0 ? undefined : end);
  const next = end < 0 ? text.length : end + 2;
  const kind = text[at];
  if (kind === "$") {
    const length = Number(line);
    return length < 0 ? ["\n", next] : [`${text.slice(next, next + length)}\n`, next + length + 2];
  }
  if (kind === "*") {
    let place = next;
    let shown = "";
    for (let count = Number(line); count > 0; count--) {
      const [item, after] = redisText(text, place);
      shown += item;
      place = after;
    }
    return [shown === "" ? "\n" : shown, place];
  }
  return [`${line}\n`, next];
}

const redisCli: Command = {
  name: "redis-cli",
  run(args, { answering: { world }, context }) {
    const host = option(args, "h", "host") ?? "127.0.0.1";
    const port = Number(option(args, "p", "port") ?? 6379);
    const withValue = new Set(["-h", "-p", "-a", "-n", "-u", "--user", "--pass"]);
    const words = args.filter((word, at) => !word.startsWith("-") && !withValue.has(args[at - 1] ?? ""));
    if (args.includes("--version") || args.includes("-v")) return { stdout: "redis-cli 8.2.3\n" };
    const state = connect(world, host, port);
    const why =
      state === "unknown-host"
        ? "Name or service not known"
        : state === "timeout"
          ? "Connection timed out"
          : "Connection refused";
    if (state !== "open") return failed(`Could not connect to Redis at ${host}:${port}: ${why}\n`);
    const lines =
      words.length > 0
        ? [words]
        : String(context.stdin)
            .split("\n")
            .filter(Boolean)
            .map((line) => line.split(" "));
    let stdout = "";
    for (const parts of lines) {
      const request = `*${parts.length}\r\n${parts.map((part) => `$${part.length}\r\n${part}\r\n`).join("")}`;
      stdout += redisText(world.network?.exchange(addressOf(world, host) ?? host, port, request, "tcp") ?? "")[0];
    }
    return { stdout };
  },
};

const pgIsReady: Command = {
  name: "pg_isready",
  run(args, { answering: { world } }) {
    const host = option(args, "h", "host");
    const port = Number(option(args, "p", "port") ?? 5432);
    const shown = `${host ?? "/var/run/postgresql"}:${port}`;
    const isQuiet = args.includes("-q") || args.includes("--quiet");
    const isOpen = connect(world, host ?? "127.0.0.1", port) === "open";
    return {
      stdout: isQuiet ? "" : `${shown} - ${isOpen ? "accepting connections" : "no response"}\n`,
      exitCode: isOpen ? 0 : 2,
    };
  },
};

/** What a query of constants gives: its column's name and its value; undefined for every other query. */
function constantOf(query: string): readonly [name: string, value: string] | undefined {
  const match = /^\s*select\s+(-?\d+|'[^']*')(?:\s+as\s+(\w+))?\s*;?\s*$/i.exec(query);
  if (match === null) return undefined;
  const value = (match[1] ?? "").replace(/^'|'$/g, "");
  return [match[2] ?? "?column?", value];
}

const NO_DATABASE = "this database only takes connections: no more than `select` of a constant is simulated";

const psql: Command = {
  name: "psql",
  run(args, { answering: { world }, context }) {
    const host = option(args, "h", "host") ?? /@([^:/]+)/.exec(args.join(" "))?.[1];
    const port = Number(option(args, "p", "port") ?? 5432);
    if (args.includes("--version") || args.includes("-V")) return { stdout: "psql (PostgreSQL) 18.1\n" };
    if (connect(world, host ?? "127.0.0.1", port) !== "open") {
      const at = host === undefined ? `on socket "/var/run/postgresql/.s.PGSQL.${port}"` : `at "${host}", port ${port}`;
      const why =
        host === undefined
          ? "No such file or directory\n\tIs the server running locally and accepting connections on that socket?"
          : "Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?";
      return failed(`psql: error: connection to server ${at} failed: ${why}\n`, 2);
    }
    const query = option(args, "c", "command") ?? String(context.stdin);
    const found = constantOf(query);
    if (found === undefined) return failed(`psql: error: ${NO_DATABASE}\n`);
    const [name, value] = found;
    if (args.some((word) => /^-\w*t\w*$/.test(word)))
      return { stdout: args.some((word) => /^-\w*A\w*$/.test(word)) ? `${value}\n` : ` ${value}\n\n` };
    const width = Math.max(name.length, value.length);
    const left = Math.floor((width - name.length) / 2);
    const head = `${" ".repeat(left)}${name}`.padEnd(width);
    const isNumber = /^-?\d+$/.test(value);
    return { stdout: ` ${head} \n${"-".repeat(width + 2)}\n ${isNumber ? value.padStart(width) : value}\n(1 row)\n\n` };
  },
};

function mysqlState(args: readonly string[], world: ShellWorld): Output | undefined {
  const host = option(args, "h", "host") ?? "localhost";
  const state = connect(world, host, Number(option(args, "P", "port") ?? 3306));
  if (state === "open") return undefined;
  const local =
    "ERROR 2002 (HY000): Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (2)\n";
  return failed(
    host === "localhost" ? local : `ERROR 2003 (HY000): Can't connect to MySQL server on '${host}:3306' (111)\n`,
  );
}

/** Statements about replication: without tables there is nothing to copy. */
const REPLICATES = /^\s*(change (master|replication source) to|(start|stop) (slave|replica))\b/i;

const mysql = (name: string): Command => ({
  name,
  run(args, { answering: { world }, context }) {
    const problem = mysqlState(args, world);
    if (problem !== undefined) return problem;
    const query = option(args, "e", "execute") ?? String(context.stdin);
    if (REPLICATES.test(query)) return {};
    const found = constantOf(query);
    if (found === undefined) return failed(`${name}: ${NO_DATABASE}\n`);
    const [column, value] = found;
    return { stdout: `${column === "?column?" ? value : column}\n${value}\n` };
  },
});

const mysqladmin = (name: string): Command => ({
  name,
  run(args, { answering: { world } }) {
    const problem = mysqlState(args, world);
    if (problem === undefined)
      return args.includes("ping") ? { stdout: "mysqld is alive\n" } : failed(`${name}: ${NO_DATABASE}\n`);
    const host = option(args, "h", "host") ?? "localhost";
    return failed(
      `${name}: connect to server at '${host}' failed\nerror: '${problem.stderr?.trimEnd()}'\nCheck that mysqld is running and that the socket: '/var/run/mysqld/mysqld.sock' exists!\n`,
    );
  },
});

const mongosh = (name: string): Command => ({
  name,
  run(args, { answering: { world } }) {
    const state = connect(world, option(args, "h", "host") ?? "127.0.0.1", Number(option(args, "p", "port") ?? 27017));
    if (state !== "open") return failed("MongoNetworkError: connect ECONNREFUSED 127.0.0.1:27017\n");
    if (/ping/.test(option(args, "e", "eval") ?? "")) return { stdout: "{ ok: 1 }\n" };
    return failed(`${name}: this database only takes connections: no more than a ping is simulated\n`);
  },
});

const healthcheck: Command = {
  name: "healthcheck.sh",
  run: (_args, { answering: { world } }) => (connect(world, "127.0.0.1", 3306) === "open" ? {} : failed("", 1)),
};

const nginx: Command = {
  name: "nginx",
  run(args, { context }) {
    const version = context.env.get("NGINX_VERSION") ?? "1.29.3";
    if (!/^-[vV]$/.test(args[0] ?? ""))
      return failed("nginx: not simulated: it tells its version with -v, no more\n", 126);
    return { stderr: `nginx version: nginx/${version}\n` };
  },
};

/** Programs that images have and that nobody here runs: they say so. */
const REFUSED =
  "vi vim nano apt apt-get apk dpkg python python3 pip node npm perl ruby php java go su strace tcpdump openssl ssh git gcc make chroot cksum cmp groups install killall link mkfifo mknod nice realpath sha512sum shuf umount unlink unzip usleep watch ss less more truncate".split(
    " ",
  );

const refused = REFUSED.map(
  (name): Command => ({
    name,
    run: () => failed(`${name}: not simulated: nothing runs this program here\n`, 126),
  }),
);

/** Clients of the simulated servers, and what is refused. */
export const clients: readonly Command[] = [
  redisCli,
  pgIsReady,
  psql,
  mysql("mysql"),
  mysql("mariadb"),
  mysqladmin("mysqladmin"),
  mysqladmin("mariadb-admin"),
  mongosh("mongosh"),
  mongosh("mongo"),
  healthcheck,
  nginx,
  ...refused,
];
