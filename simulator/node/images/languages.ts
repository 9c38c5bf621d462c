import type { NetworkResponse } from "../../network/network-view.ts";
import { flag } from "./flags.ts";
import { type Behaviour, endsAfter, type Image, type Run, runsForever, server } from "./image.ts";
import { piDigits } from "./pi.ts";
import { mediaType, type ProgramRequest, type ProgramWorld, pathOf, respond } from "./program.ts";
import { runPython } from "./python-script.ts";
import { accessTime } from "./start-lines.ts";

/** An interpreter without a program: with nothing on its input it ends at once. */
function interpreter({ container, words }: Run): Behaviour {
  return words === undefined && container.stdin !== true ? endsAfter(60, 0) : runsForever();
}

const language = (
  name: string,
  sizeBytes: number,
  majors: readonly [number, number],
  tags: readonly string[] = [],
  behave: Image["behave"] = interpreter,
): Image => ({ name: `docker.io/library/${name}`, sizeBytes, majors, tags, behave });

const MAX_DIGITS = 5000;

/** perl: the one program that everybody runs in a Job is known; any other runs until it is stopped. */
function perl(run: Run): Behaviour {
  const script = (run.words ?? []).join(" ");
  const digits = Number(/print\s+bpi\((\d+)\)/.exec(script)?.[1] ?? 0);
  if (digits <= 0 || digits > MAX_DIGITS || !script.includes("bignum=bpi")) return interpreter(run);
  const afterMs = 200 + digits * 2;
  const lines = () => [{ afterMs, stream: "stdout" as const, text: piDigits(digits) }];
  return { ...endsAfter(afterMs, 0), lines };
}

function listing(path: string, names: readonly string[]): string {
  const title = `Directory listing for ${path}`;
  const items = names.map((name) => `<li><a href="${name}">${name}</a></li>\n`).join("");
  return `<!DOCTYPE HTML>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>${title}</title>\n</head>\n<body>\n<h1>${title}</h1>\n<hr>\n<ul>\n${items}</ul>\n<hr>\n</body>\n</html>\n`;
}

/** `python -m http.server`: the files of a folder. */
function pythonServer(words: readonly string[]): Behaviour {
  const module = words.indexOf("http.server");
  const port = Number(words.slice(module + 1).find((word) => /^\d+$/.test(word)) ?? 8000);
  const answer = (request: ProgramRequest, world: ProgramWorld): NetworkResponse => {
    const folder = flag(words, "directory", "d") ?? world.container.workingDir ?? "/";
    const path = pathOf(request);
    const full = `${folder === "/" ? "" : folder}${path}`;
    const found = pythonFile(world, full, path);
    world.log(
      "stderr",
      `${request.from} - - [${accessTime(world.epochMs).replace(/:(\d\d:\d\d:\d\d) .*/, " $1")}] "${request.method} ${request.path} HTTP/1.1" ${found.status} -`,
    );
    return found;
  };
  return server([port], {
    http: answer,
    lines: () => [
      { afterMs: 200, stream: "stdout", text: `Serving HTTP on 0.0.0.0 port ${port} (http://0.0.0.0:${port}/) ...` },
    ],
    // As process 1 it has no handler of SIGTERM: it is killed when its grace is over.
    onTerm: undefined,
  });
}

function pythonFile({ files }: ProgramWorld, full: string, path: string): NetworkResponse {
  const file = full.endsWith("/") ? `${full}index.html` : full;
  const bytes = files.read(file);
  if (typeof bytes === "string") return respond(200, bytes, mediaType(file, "application/octet-stream"));
  const names = files.list(full === "/" ? "/" : full.replace(/\/$/, ""));
  if (Array.isArray(names)) return respond(200, listing(path, names as readonly string[]), "text/html; charset=utf-8");
  return respond(
    404,
    "<h1>Error response</h1>\n<p>Error code: 404</p>\n<p>Message: File not found.</p>\n",
    "text/html;charset=utf-8",
  );
}

function python(run: Run): Behaviour {
  const { words = [] } = run;
  if (words.includes("http.server")) return pythonServer(words);
  const script = words[words.indexOf("-c") + 1];
  if (!words.includes("-c") || script === undefined) return interpreter(run);
  return { ...interpreter(run), atStart: ({ env }) => runPython(script, env) };
}

/** Images of programming languages: what a program in them does can't be known, so it runs until it is stopped. */
export const languageImages: readonly Image[] = [
  language("python", 48_000_000, [2, 3], [], python),
  language("node", 76_000_000, [0, 25], ["lts", "current", "iron", "jod"]),
  language("perl", 344_000_000, [5, 5], [], perl),
  language("ruby", 380_000_000, [1, 4]),
  language("golang", 290_000_000, [1, 1]),
];
