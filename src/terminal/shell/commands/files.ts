import { absolute } from "../text.ts";
import { INTERRUPTED, type OwnCommand, type Run, unlessStopped } from "./command.ts";

/** `vi`, `nano` and `edit` open the page's editor on a file. */
async function edit(run: Run): Promise<number> {
  const name = run.words.find((word) => !word.startsWith("-") && !word.startsWith("+"));
  if (name === undefined) {
    run.err("edit: name a file\n");
    return 1;
  }
  const path = absolute(run.folder, name);
  let text = "";
  if (await run.files.exists(path)) {
    if ((await run.files.stat(path)).isDirectory) {
      run.err(`edit: ${name} is a directory\n`);
      return 1;
    }
    text = await run.files.readFile(path);
  }
  const left = await unlessStopped(run.signal, run.screen.edit(text, name));
  if (run.signal.aborted) return INTERRUPTED;
  if (left !== undefined) await run.files.writeFile(path, left);
  return 0;
}

/** Hands files to the person's own machine. */
async function download(run: Run): Promise<number> {
  if (run.words.length === 0) {
    run.err("download: name a file\n");
    return 1;
  }
  for (const name of run.words) {
    const path = absolute(run.folder, name);
    try {
      run.screen.download(name.slice(name.lastIndexOf("/") + 1), await run.files.readFileBuffer(path));
    } catch {
      run.err(`download: ${name}: No such file or directory\n`);
      return 1;
    }
  }
  return 0;
}

async function textFor(run: Run): Promise<string | undefined> {
  const names = run.words.filter((word) => !word.startsWith("-") && !word.startsWith("+"));
  if (names.length === 0) return run.input ?? "";
  let text = "";
  for (const name of names) {
    try {
      text += await run.files.readFile(absolute(run.folder, name));
    } catch {
      run.err(`${name}: No such file or directory\n`);
      return undefined;
    }
  }
  return text;
}

/** `cat` without files: what is typed until Ctrl-D, line by line. */
async function typed(run: Run): Promise<number> {
  for (;;) {
    const line = await unlessStopped(run.signal, run.screen.line());
    if (run.signal.aborted) return INTERRUPTED;
    if (line === undefined) return 0;
    run.out(`${line}\n`);
  }
}

const HINT = "\u001b[7m:\u001b[0m";
const END = "\u001b[7m(END)\u001b[0m";

/** `less` and `more`: a page at a time. */
async function less(run: Run): Promise<number> {
  const text = await textFor(run);
  if (text === undefined) return 1;
  const { screen } = run;
  const lines = text.replace(/\n$/, "").split("\n");
  const page = Math.max(1, screen.rows - 1);
  if (!run.onScreen || lines.length <= page) {
    run.out(text);
    return 0;
  }
  let top = 0;
  const last = lines.length - page;
  const show = () => {
    const shown = lines.slice(top, top + page).map((line) => line.slice(0, screen.columns));
    run.out(`\u001b[H\u001b[2J${shown.join("\n")}\n${top >= last ? END : HINT}`);
  };
  await new Promise<void>((resolve) => {
    let stop = () => {};
    const end = () => {
      stop();
      resolve();
    };
    const steps: { readonly [key: string]: number } = {
      " ": page,
      f: page,
      "\u001b[6~": page,
      b: -page,
      "\u001b[5~": -page,
      j: 1,
      "\r": 1,
      "\u001b[B": 1,
      k: -1,
      "\u001b[A": -1,
      d: page / 2,
      u: -page / 2,
      g: -lines.length,
      "\u001b[H": -lines.length,
      G: lines.length,
      "\u001b[F": lines.length,
    };
    stop = screen.raw((key) => {
      if (key === "q" || key === "Q" || key === "\u0003") return end();
      const step = steps[key];
      if (step === undefined) return;
      top = Math.max(0, Math.min(last, top + Math.round(step)));
      show();
    });
    run.signal.addEventListener("abort", end, { once: true });
    show();
  });
  run.out("\r\u001b[K");
  return 0;
}

export const fileCommands: readonly OwnCommand[] = [
  ...["vi", "vim", "nano", "edit"].map((name) => ({ name, run: edit })),
  { name: "less", run: less },
  { name: "more", run: less },
  { name: "download", run: download },
  { name: "__typed", run: typed },
];
