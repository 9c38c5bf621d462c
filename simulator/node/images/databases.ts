import { type Behaviour, type Image, type Outcome, server } from "./image.ts";
import type { LogLine, OwnLines, ProgramWorld } from "./program.ts";
import { timeParts } from "./start-lines.ts";

/*
 * Databases: they start, ask for their passwords, and take connections. Their protocols are not spoken: a client's
 * connection comes about, and that is all.
 */

/** What postgres says without a password, before it ends with code 1. */
const POSTGRES_REFUSAL = [
  "Error: Database is uninitialized and superuser password is not specified.",
  "       You must specify POSTGRES_PASSWORD to a non-empty value for the",
  '       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".',
  "",
  '       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all',
  "       connections without a password. This is *not* recommended.",
  "",
  '       See PostgreSQL documentation about "trust":',
  "       https://www.postgresql.org/docs/current/auth-trust.html",
];

function isSet({ env }: ProgramWorld, ...names: readonly string[]): boolean {
  return names.some((name) => (env[name] ?? "") !== "");
}

function without(
  world: ProgramWorld,
  names: readonly string[],
  afterMs: number,
  lines: readonly string[],
): Outcome | undefined {
  return isSet(world, ...names) ? undefined : { exitCode: 1, afterMs, stream: "stderr", lines };
}

const postgresLines: OwnLines = (world) => {
  const { year, month, day, hour, minute, second, millis } = timeParts(world.startedEpochMs + 2400);
  const opening = `${year}-${month}-${day} ${hour}:${minute}:${second}.${millis} UTC [1] LOG: `;
  const first: readonly string[] = [
    'The files belonging to this database system will be owned by user "postgres".',
    "This user must also own the server process.",
    "",
    'The database cluster will be initialized with locale "en_US.utf8".',
    'The default database encoding has accordingly been set to "UTF8".',
    'The default text search configuration will be set to "english".',
    "",
    "Data page checksums are enabled.",
    "",
    "PostgreSQL init process complete; ready for start up.",
    "",
  ];
  const then = [
    "starting PostgreSQL 18.1 (Debian 18.1-1.pgdg13+2) on x86_64-pc-linux-gnu, compiled by gcc (Debian 14.2.0-19) 14.2.0, 64-bit",
    'listening on IPv4 address "0.0.0.0", port 5432',
    'listening on IPv6 address "::", port 5432',
    'listening on Unix socket "/var/run/postgresql/.s.PGSQL.5432"',
    "database system is ready to accept connections",
  ];
  return [
    ...first.map((text): LogLine => ({ afterMs: 300, stream: "stdout", text })),
    ...then.map((text): LogLine => ({ afterMs: 2400, stream: "stderr", text: `${opening} ${text}` })),
  ];
};

function postgresServer(afterMs: number): Behaviour {
  return server([5432], {
    readyAfterMs: 2500,
    checks: ["pg_isready", "psql"],
    onTerm: { afterMs: 400, exitCode: 0 },
    lines: postgresLines,
    atStart: (world) =>
      without(
        world,
        ["POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE", "POSTGRES_HOST_AUTH_METHOD"],
        afterMs,
        POSTGRES_REFUSAL,
      ),
  });
}

/** Refuses to start without a superuser's password, as the real image does. */
export const postgres: Image = {
  name: "docker.io/library/postgres",
  sizeBytes: 152_500_000,
  majors: [9, 18],
  behave: () => postgresServer(120),
};

const MYSQL_NAMES = ["ROOT_PASSWORD", "ROOT_PASSWORD_FILE", "ALLOW_EMPTY_PASSWORD", "RANDOM_ROOT_PASSWORD"];

const MYSQL_REFUSAL = [
  "[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified",
  "    You need to specify one of the following as an environment variable:",
  "    - MYSQL_ROOT_PASSWORD",
  "    - MYSQL_ALLOW_EMPTY_PASSWORD",
  "    - MYSQL_RANDOM_ROOT_PASSWORD",
];

const mysqlLines: OwnLines = (world) => {
  const at = (ms: number) => {
    const { year, month, day, hour, minute, second } = timeParts(world.startedEpochMs + ms);
    return `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  };
  const ready =
    "[System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '9.5.0'  socket: '/var/run/mysqld/mysqld.sock'  port: 3306  MySQL Community Server - GPL.";
  return [
    {
      afterMs: 200,
      stream: "stdout",
      text: `${at(200).replace("T", " ")}+00:00 [Note] [Entrypoint]: Entrypoint script for MySQL Server started.`,
    },
    {
      afterMs: 600,
      stream: "stdout",
      text: `${at(600).replace("T", " ")}+00:00 [Note] [Entrypoint]: Initializing database files`,
    },
    { afterMs: 7900, stream: "stderr", text: `${at(7900)}.417311Z 0 ${ready}` },
  ];
};

function mysqlFamily(name: string, sizeBytes: number, majors: readonly [number, number], prefixes: readonly string[]) {
  const names = prefixes.flatMap((prefix) => MYSQL_NAMES.map((each) => `${prefix}_${each}`));
  const image: Image = {
    name: `docker.io/library/${name}`,
    sizeBytes,
    majors,
    tags: ["lts", "innovation"],
    behave: () =>
      server([3306], {
        readyAfterMs: 8000,
        checks: ["mysqladmin", "mysql", "mariadb", "mariadb-admin", "healthcheck.sh"],
        onTerm: { afterMs: 900, exitCode: 0 },
        lines: mysqlLines,
        atStart: (world) => {
          const { year, month, day, hour, minute, second } = timeParts(world.startedEpochMs);
          const time = `${year}-${month}-${day} ${hour}:${minute}:${second}+00:00`;
          const [first = "", ...rest] = MYSQL_REFUSAL;
          return without(world, names, 300, [`${time} ${first}`, ...rest]);
        },
      }),
  };
  return image;
}

export const mysql = mysqlFamily("mysql", 232_000_000, [5, 9], ["MYSQL"]);
export const mariadb = mysqlFamily("mariadb", 120_000_000, [5, 12], ["MYSQL", "MARIADB"]);

export const mongo: Image = {
  name: "docker.io/library/mongo",
  sizeBytes: 275_000_000,
  majors: [3, 8],
  behave: () => server([27017], { readyAfterMs: 1500, checks: ["mongosh", "mongo"] }),
};
