import { endsAfter, type Image, MEBIBYTE, type Run, runsForever } from "./image.ts";

/** A shell without a terminal reads the end of its input and is done; with one it waits for keys. */
function shell({ container, words }: Run) {
  if (words !== undefined) return runsForever();
  return container.stdin === true ? runsForever() : endsAfter(20, 0);
}

const shellImage = (name: string, sizeBytes: number, majors: readonly [number, number], tags?: readonly string[]) =>
  ({ name: `docker.io/library/${name}`, sizeBytes, majors, tags, behave: shell }) as Image;

/** Images whose default command is a shell. */
export const shellImages: readonly Image[] = [
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

export const helloWorld: Image = {
  name: "docker.io/library/hello-world",
  sizeBytes: 12_345,
  tags: ["linux", "nanoserver"],
  behave: () => endsAfter(30, 0),
};
