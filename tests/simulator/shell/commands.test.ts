import { describe, expect, it } from "vitest";
import { Simulation } from "../../../simulator/index.ts";
import { findContainer } from "../../../simulator/node/runtime.ts";
import { ShellDriver } from "../../../simulator/shell/driver.ts";

const PODS = "/api/v1/namespaces/default/pods";
const BOOT_MS = 30_000;
const FOR_MS = 30_000;

/** Runs a script as the main process of containers of these images; gives what each printed, both streams as one. */
async function outputs(images: { readonly [name: string]: readonly [image: string, script: string] }) {
  const simulation = Simulation.start({ seed: 7, shells: true, workers: 1 });
  simulation.advanceTo(BOOT_MS);
  for (const [name, [image, script]] of Object.entries(images)) {
    const containers = [{ name: "c", image, command: ["sh", "-c", `{ ${script}; } 2>&1`] }];
    const body = { apiVersion: "v1", kind: "Pod", metadata: { name }, spec: { restartPolicy: "Never", containers } };
    expect(simulation.request({ method: "POST", path: PODS, body }).code).toBe(201);
  }
  await new ShellDriver(simulation).advanceTo(BOOT_MS + FOR_MS);
  const pods = [...simulation.machines.all].flatMap(({ pods: each }) => [...each.values()]);
  return Object.fromEntries(
    Object.keys(images).map((name) => {
      const runtime = pods.find((pod) => pod.name === name);
      return [
        name,
        findContainer(runtime, "c")
          ?.logs?.latest?.entries.map(({ text }) => text)
          .join("") ?? "",
      ];
    }),
  );
}

describe("programs of containers", () => {
  it("tell of files, users, disks, memory and network", async () => {
    const told = await outputs({
      files: [
        "busybox",
        "mkdir /tmp/d; echo hi > /tmp/d/a; ln -s a /tmp/d/b; chown -R nobody:users /tmp/d/a; chmod 640 /tmp/d/a; ls -l /tmp/d; ls -ld /root /tmp; ls /tmp/nope",
      ],
      gnu: ["debian", "echo 12345 > /tmp/long; echo 1 > /tmp/x; ls -l /tmp"],
      disks: [
        "busybox",
        "mount | grep -c .; df -h / | tail -1; free -m | head -2 | tail -1 | tr -s ' ' | cut -d ' ' -f 1,2",
      ],
      net: ["busybox", "ip a | grep -c inet; ip route | cut -d ' ' -f 1,2,4; id; whoami; echo $SHLVL; pidof sh"],
      copy: ["busybox", "dd if=/dev/zero of=/tmp/x bs=1k count=4; wc -c < /tmp/x; dd if=/tmp/nope"],
      chance: ["busybox", "a=$RANDOM; b=$RANDOM; [ $a != $b ] && echo two"],
    });
    const time = /[A-Z][a-z]{2} [ \d]\d \d\d:\d\d/g;
    const year = /[A-Z][a-z]{2} [ \d]\d {2}\d{4}/g;
    expect(told.files?.replace(time, "TIME").replace(year, "YEAR")).toBe(
      [
        "total 4",
        "-rw-r-----    1 nobody   users            3 TIME a",
        "lrwxrwxrwx    1 root     root             1 TIME b -> a",
        "drwx------    2 root     root          4096 TIME /root",
        "drwxrwxrwt    3 root     root          4096 TIME /tmp",
        "ls: /tmp/nope: No such file or directory",
        "",
      ].join("\n"),
    );
    expect(told.gnu?.replace(time, "TIME")).toBe(
      "total 8\n-rw-r--r-- 1 root root 6 TIME long\n-rw-r--r-- 1 root root 2 TIME x\n",
    );
    expect(told.disks).toMatch(/^\d+\noverlay +97\.9G +19\.6G +78\.3G +20% \/\nMem: \d+\n$/);
    expect(told.net).toMatch(/^2\ndefault via dev\n[\d./]+ dev scope\nuid=0\(root\) gid=0\(root\).*\nroot\n1\n1\n$/);
    expect(told.copy).toMatch(
      /^4\+0 records in\n4\+0 records out\n4096 bytes .*\n4096\ndd: can't open '\/tmp\/nope': /,
    );
    expect(told.chance).toBe("two\n");
  });

  it("are those of their image; what can't be run says so", async () => {
    const told = await outputs({
      busybox: ["busybox", "curl x; bash -c true; which wget; redis-cli ping; vi x; python3 -c 1"],
      nginx: ["nginx", "nginx -v; which curl; ps; bash -c 'wget x'"],
      redis: ["redis:8", "redis-server & sleep 2; redis-cli ping; redis-cli set a b; redis-cli get a"],
      postgres: ["postgres", "pg_isready; psql -c 'select 1'"],
      python: ["python:3.13", "python3 -c 'import os'"],
    });
    expect(told.busybox).toBe(
      [
        "sh: curl: not found",
        "sh: bash: not found",
        "/bin/wget",
        "sh: redis-cli: not found",
        "vi: not simulated: nothing runs this program here",
        "sh: python3: not found",
        "",
      ].join("\n"),
    );
    expect(told.nginx).toContain("nginx version: nginx/1.");
    expect(told.nginx).toContain("/usr/bin/curl\nsh: 1: ps: not found\nbash: line 1: wget: command not found\n");
    expect(told.redis).toContain("PONG\nOK\nb\n");
    expect(told.postgres).toContain("/var/run/postgresql:5432 - no response\n");
    expect(told.python).toBe("python3: not simulated: nothing runs this program here\n");
  });
});
