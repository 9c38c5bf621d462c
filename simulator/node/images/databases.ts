import type { Container } from "../../api/schema/generated/types.ts";
import { endsAfter, type Image, server } from "./image.ts";

function hasEnv(container: Container, ...names: readonly string[]): boolean {
  // What comes from a whole ConfigMap or Secret is taken to hold the password.
  return (
    (container.envFrom?.length ?? 0) > 0 || (container.env ?? []).some((variable) => names.includes(variable.name))
  );
}

export const redis: Image = {
  name: "docker.io/library/redis",
  sizeBytes: 45_006_722,
  majors: [3, 8],
  behave: () => server([6379], { checks: ["redis-cli"] }),
};

export const memcached: Image = {
  name: "docker.io/library/memcached",
  sizeBytes: 31_370_000,
  majors: [1, 1],
  behave: () => server([11211]),
};

/** Refuses to start without a superuser's password, as the real image does. */
export const postgres: Image = {
  name: "docker.io/library/postgres",
  sizeBytes: 152_500_000,
  majors: [9, 18],
  behave: ({ container }) =>
    hasEnv(container, "POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE", "POSTGRES_HOST_AUTH_METHOD")
      ? server([5432], { readyAfterMs: 2500, checks: ["pg_isready", "psql"], onTerm: { afterMs: 400, exitCode: 0 } })
      : endsAfter(120, 1),
};

const mysqlNames = ["ROOT_PASSWORD", "ROOT_PASSWORD_FILE", "ALLOW_EMPTY_PASSWORD", "RANDOM_ROOT_PASSWORD"];

function mysqlFamily(name: string, sizeBytes: number, majors: readonly [number, number], prefixes: readonly string[]) {
  const names = prefixes.flatMap((prefix) => mysqlNames.map((each) => `${prefix}_${each}`));
  const image: Image = {
    name: `docker.io/library/${name}`,
    sizeBytes,
    majors,
    tags: ["lts", "innovation"],
    behave: ({ container }) =>
      hasEnv(container, ...names)
        ? server([3306], {
            readyAfterMs: 8000,
            checks: ["mysqladmin", "mysql", "mariadb", "mariadb-admin", "healthcheck.sh"],
            onTerm: { afterMs: 900, exitCode: 0 },
          })
        : endsAfter(300, 1),
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
