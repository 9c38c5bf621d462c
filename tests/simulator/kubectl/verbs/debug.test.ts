import { describe, expect, it } from "vitest";
import { kubectlPlace } from "../shell.ts";

const POD = `apiVersion: v1
kind: Pod
metadata: {name: shaped, labels: {app: shaped}}
spec:
  containers:
  - {name: main, image: "nginx:1.27", args: [nginx], livenessProbe: {tcpSocket: {port: 80}}}
`;

async function podWith(...words: readonly string[]) {
  const { run } = kubectlPlace({ "pod.yaml": POD });
  await run("create", "-f", "pod.yaml");
  const { stderr, exit } = await run("debug", "shaped", "-q", ...words);
  const read = async (name: string, path: string) => (await run("get", "pod", name, "-o", `jsonpath=${path}`)).stdout;
  return { stderr, exit, read };
}

describe("kubectl debug", () => {
  it("adds a container beside those of the pod, as the profile has it", async () => {
    const { read } = await podWith("--image=busybox", "-c", "dbg", "--profile=restricted", "--target=main");
    const context = await read("shaped", "{.spec.ephemeralContainers[0].securityContext}");
    expect(JSON.parse(context)).toMatchObject({ allowPrivilegeEscalation: false, runAsNonRoot: true });
    expect(await read("shaped", "{.spec.ephemeralContainers[0].targetContainerName}")).toBe("main");
  });

  it("copies the pod without labels and probes, unless they are to be kept", async () => {
    const flags = ["--copy-to=copy", "--image=busybox", "-c", "main", "--arguments-only"];
    const bare = await podWith(...flags, "--", "sleep", "5");
    expect(await bare.read("copy", "{.metadata.labels}{.spec.containers[0].livenessProbe}")).toBe("");
    expect(await bare.read("copy", "{.spec.containers[0].args}")).toBe('["sleep","5"]');
    const kept = await podWith(...flags, "--keep-labels", "--keep-liveness");
    expect(await kept.read("copy", "{.metadata.labels.app} {.spec.containers[0].livenessProbe.tcpSocket.port}")).toBe(
      "shaped 80",
    );
  });

  it("changes images of a copy", async () => {
    const { read } = await podWith("--copy-to=copy", "--set-image=*=busybox");
    expect(await read("copy", "{.spec.containers[*].image}")).toBe("busybox");
  });

  it.each([
    [["--image=busybox", "--profile=odd"], "unknown profile: odd"],
    [["--image=busybox", "-c", "main"], "spec.ephemeralContainers[0].name: duplicate value"],
    [["--set-image=main=x"], "--set-image may only be used with --copy-to"],
    [[], "you must specify --image when not using --copy-to"],
  ])("refuses %s", async (words, problem) => {
    const { stderr, exit } = await podWith(...words);
    expect(exit).toBe(1);
    expect(stderr.toLowerCase()).toContain(problem.toLowerCase());
  });
});
