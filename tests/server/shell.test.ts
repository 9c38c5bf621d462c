import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../scripts/workshop.mjs";

function shell(args: readonly string[], input = "") {
  const program = join(root, "server/shell/main.ts");
  return spawnSync(process.execPath, ["--import", "tsx", program, ...args], { cwd: root, input, encoding: "utf8" });
}

const script = `kubectl create deployment web --image=nginx --replicas=2
kubectl rollout status deployment/web --timeout=60s | tail -1
kubectl get pods -w | head -3 | wc -l
sleep 1h
kubectl get deploy web --no-headers
test -f package.json && exit 7
echo never
`;

describe("npm run shell", () => {
  it("runs a script from standard input, on time that goes as fast as it can, and ends as it does", () => {
    const { stdout, stderr, status } = shell([], script);
    expect(stderr).toBe("");
    expect(
      stdout.split("\n").map((line) =>
        line
          .replace(/ +/g, " ")
          .replace(/6[01]m$/, "1h")
          .trim(),
      ),
    ).toEqual(["deployment.apps/web created", 'deployment "web" successfully rolled out', "3", "web 2/2 2 2 1h", ""]);
    expect(status).toBe(7);
  });

  it("says what it can't do", () => {
    expect(shell(["nosuch.sh"])).toMatchObject({ status: 127, stderr: "nosuch.sh: No such file or directory\n" });
    expect(shell(["--nodes", "many"])).toMatchObject({ status: 2 });
    expect(shell(["-c", "kubectl get nosuch"])).toMatchObject({
      status: 1,
      stdout: 'error: the server doesn\'t have a resource type "nosuch"\n',
    });
  });
});
