import { endsAfter, type Image, type Run, runsForever } from "./image.ts";

/** An interpreter without a program: with nothing on its input it ends at once. */
function interpreter({ container, words }: Run) {
  return words === undefined && container.stdin !== true ? endsAfter(60, 0) : runsForever();
}

const language = (name: string, sizeBytes: number, majors: readonly [number, number], tags: readonly string[] = []) =>
  ({ name: `docker.io/library/${name}`, sizeBytes, majors, tags, behave: interpreter }) as Image;

/** Images of programming languages: what a program in them does can't be known, so it runs until it is stopped. */
export const languageImages: readonly Image[] = [
  language("python", 48_000_000, [2, 3]),
  language("node", 76_000_000, [0, 25], ["lts", "current", "iron", "jod"]),
  language("perl", 344_000_000, [5, 5]),
  language("ruby", 380_000_000, [1, 4]),
  language("golang", 290_000_000, [1, 1]),
];
