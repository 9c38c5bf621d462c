import { endsAfter, type Image, MEBIBYTE, type Run, runsForever } from "./image.ts";
import type { OwnLines } from "./program.ts";

/** A shell without a terminal reads the end of its input and is done; with one it waits for keys. */
function shell({ container, words }: Run) {
  if (words !== undefined) return runsForever();
  return container.stdin === true ? runsForever() : endsAfter(20, 0);
}

const shellImage = (name: string, sizeBytes: number, majors: readonly [number, number], tags?: readonly string[]) =>
  ({ name: `docker.io/library/${name}`, sizeBytes, majors, tags, behave: shell }) as Image;

/** Images whose default command is a shell. */
export const shellImages: readonly Image[] = [
  { name: "registry.k8s.io/busybox", sizeBytes: 720_000, behave: shell },
  { name: "registry.k8s.io/e2e-test-images/busybox", sizeBytes: 720_000, behave: shell },
  shellImage("busybox", 2_223_685, [1, 1], ["musl", "glibc", "uclibc"]),
  shellImage("alpine", 3_800_000, [2, 3], ["edge"]),
  shellImage("debian", 49 * MEBIBYTE, [7, 13], ["bookworm", "bullseye", "trixie", "sid"]),
  shellImage("ubuntu", 29_720_000, [12, 26], ["noble", "jammy", "focal", "rolling"]),
  shellImage("bash", 7_400_000, [3, 5]),
];

/** curl alone has nothing to fetch, and says so with code 2. */
export const curl: Image = {
  name: "docker.io/curlimages/curl",
  sizeBytes: 9_700_000,
  majors: [7, 8],
  behave: ({ words }) => (words === undefined ? endsAfter(30, 2) : runsForever()),
};

const HELLO = `
Hello from Docker!
This message shows that your installation appears to be working correctly.

To generate this message, Docker took the following steps:
 1. The Docker client contacted the Docker daemon.
 2. The Docker daemon pulled the "hello-world" image from the Docker Hub.
    (amd64)
 3. The Docker daemon created a new container from that image which runs the
    executable that produces the output you are currently reading.
 4. The Docker daemon streamed that output to the Docker client, which sent it
    to your terminal.

To try something more ambitious, you can run an Ubuntu container with:
 $ docker run -it ubuntu bash

Share images, automate workflows, and more with a free Docker ID:
 https://hub.docker.com/

For more examples and ideas, visit:
 https://docs.docker.com/get-started/
`;

const hello: OwnLines = () => HELLO.split("\n").map((text) => ({ afterMs: 20, stream: "stdout", text }));

export const helloWorld: Image = {
  name: "docker.io/library/hello-world",
  sizeBytes: 12_345,
  tags: ["linux", "nanoserver"],
  behave: () => ({ ...endsAfter(30, 0), lines: hello }),
};
