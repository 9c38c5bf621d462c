import { beforeAll, describe, expect, it } from "vitest";
import { Programs } from "./programs.ts";

const waiting = (programs: Programs, name: string) => programs.pod(name).status.containerStatuses[0];

describe("databases", () => {
  const programs = new Programs();
  beforeAll(() => {
    programs.configMap("password", { POSTGRES_PASSWORD: "secret" });
    programs.run("redis", { image: "redis:7" });
    programs.run("memcached", { image: "memcached:1.6" });
    programs.run("postgres", { image: "postgres:17", envFrom: [{ configMapRef: { name: "password" } }] });
    programs.run("no-password", { image: "postgres:17" });
    programs.run("mysql", { image: "mysql:8" });
    programs.settle();
  });

  it("redis keeps keys, in its own protocol and in plain lines", () => {
    const say = (text: string) => programs.say("redis", 6379, text);
    expect(say("*1\r\n$4\r\nPING\r\n")).toBe("+PONG\r\n");
    expect(say("*3\r\n$3\r\nSET\r\n$3\r\nfoo\r\n$7\r\nbar baz\r\n*2\r\n$3\r\nGET\r\n$3\r\nfoo\r\n")).toBe(
      "+OK\r\n$7\r\nbar baz\r\n",
    );
    expect(say("get nothing\r\n")).toBe("$-1\r\n");
    expect(say("incr hits\r\nincr hits\r\n")).toBe(":1\r\n:2\r\n");
    expect(say('rpush names "a b" c\r\nlrange names 0 -1\r\n')).toBe(":2\r\n*2\r\n$3\r\na b\r\n$1\r\nc\r\n");
    expect(say("get names\r\n")).toMatch(/^-WRONGTYPE/);
    expect(say("hset h a 1 b 2\r\nhget h b\r\n")).toBe(":2\r\n$1\r\n2\r\n");
    expect(say("config get maxmemory\r\n")).toBe("*2\r\n$9\r\nmaxmemory\r\n$1\r\n0\r\n");
    expect(say("nonsense 1\r\n")).toBe("-ERR unknown command 'nonsense', with args beginning with: '1' \r\n");
    say("set short 1 EX 10\r\nincr short\r\n");
    expect(say("ttl short\r\n")).toBe(":10\r\n");
    programs.settle(11_000);
    expect(say("exists short\r\ndbsize\r\n")).toBe(":0\r\n:4\r\n");
    expect(programs.log("redis")).toMatch(/Ready to accept connections tcp\n$/);
  });

  it("redis' keys go with its process", () => {
    const { spec } = programs.pod("redis");
    programs.simulation.machines.crashContainer(spec.nodeName, "default", "redis");
    programs.settle();
    expect(programs.say("redis", 6379, "dbsize\r\n")).toBe(":0\r\n");
  });

  it("memcached keeps values", () => {
    const say = (text: string) => programs.say("memcached", 11_211, text);
    expect(say("set a 0 0 3\r\nxyz\r\n")).toBe("STORED\r\n");
    expect(say("get a b\r\n")).toBe("VALUE a 0 3\r\nxyz\r\nEND\r\n");
    expect(say("delete b\r\n")).toBe("NOT_FOUND\r\n");
  });

  it("postgres and mysql want a password, from wherever it comes", () => {
    expect(waiting(programs, "postgres")).toMatchObject({ ready: true, restartCount: 0 });
    expect(programs.log("postgres")).toMatch(/database system is ready to accept connections\n$/);
    expect(waiting(programs, "no-password")).toMatchObject({
      lastState: { terminated: { exitCode: 1, reason: "Error" } },
    });
    expect(programs.log("no-password", "previous")).toMatch(
      /^Error: Database is uninitialized and superuser password is not/,
    );
    expect(waiting(programs, "mysql")).toMatchObject({ lastState: { terminated: { exitCode: 1 } } });
    expect(programs.log("mysql", "previous")).toContain("    - MYSQL_ROOT_PASSWORD\n");
  });
});
