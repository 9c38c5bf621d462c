/** How a job ended, in bash's words; undefined while it runs. */
type End = "Done" | `Exit ${number}` | "Terminated" | "Killed" | "Interrupt";

/** Exit codes of what a signal ended. */
const BY_SIGNAL = { Terminated: 143, Killed: 137, Interrupt: 130 } as const;

/** What runs beside the shell that began it: `line &`. */
export interface Job {
  readonly number: number;
  readonly pid: number;
  readonly text: string;
  /** Its exit code, when it has ended. */
  readonly ended: Promise<number>;
  readonly end: End | undefined;
  stop(how: keyof typeof BY_SIGNAL): void;
}

const FIRST_PID = 4_001;
/** Places of what `jobs` tells. Models bash's pretty_print_job. */
const STATE_WIDTH = 24;

/** The jobs of one shell. */
export class Jobs {
  #jobs: Job[] = [];
  #pid = FIRST_PID;

  /** Begins one: `start` runs it until it ends or is stopped. */
  begin(text: string, start: (signal: AbortSignal) => Promise<number>): Job {
    const stop = new AbortController();
    let end: End | undefined;
    let killed: keyof typeof BY_SIGNAL | undefined;
    const ended = start(stop.signal).then((code) => {
      end = killed ?? (code === 0 ? "Done" : `Exit ${code}`);
      return killed === undefined ? code : BY_SIGNAL[killed];
    });
    const job: Job = {
      number: Math.max(0, ...this.#jobs.map(({ number }) => number)) + 1,
      pid: this.#pid++,
      text,
      ended,
      get end() {
        return end;
      },
      stop(how) {
        killed ??= how;
        stop.abort();
      },
    };
    this.#jobs.push(job);
    return job;
  }

  get all(): readonly Job[] {
    return this.#jobs;
  }

  /** The job that a word means: `%1`, `%%`, `%+`, `%-`, `%name`, or a process's number. */
  find(word: string): Job | undefined {
    if (!word.startsWith("%")) return this.#jobs.find(({ pid }) => pid === Number(word));
    const name = word.slice(1);
    if (name === "" || name === "%" || name === "+") return this.#jobs.at(-1);
    if (name === "-") return this.#jobs.at(-2) ?? this.#jobs.at(-1);
    const isMeant = ({ number, text }: Job) => (/^\d+$/.test(name) ? number === Number(name) : text.startsWith(name));
    return this.#jobs.findLast(isMeant);
  }

  /** A job as `jobs` tells of it. */
  line(job: Job, withPid = false): string {
    const at = this.#jobs.indexOf(job) - this.#jobs.length;
    const mark = at === -1 ? "+" : at === -2 ? "-" : " ";
    const state = (job.end ?? "Running").padEnd(STATE_WIDTH);
    return `[${job.number}]${mark} ${withPid ? `${job.pid} ` : " "}${state}${job.text}${job.end === undefined ? " &" : ""}\n`;
  }

  /** What has ended since the last time, a line each; it is forgotten then. */
  news(): string {
    const over = this.#jobs.filter(({ end }) => end !== undefined);
    const lines = over.map((job) => this.line(job)).join("");
    this.#jobs = this.#jobs.filter((job) => !over.includes(job));
    return lines;
  }

  /** Without a word about it. */
  forget(job: Job): void {
    this.#jobs = this.#jobs.filter((other) => other !== job);
  }

  /** The shell is left. */
  stopAll(): void {
    for (const job of this.#jobs) job.stop("Terminated");
  }
}
