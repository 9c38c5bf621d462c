import { type Command, failed } from "./command.ts";

const UNIT_MS: { readonly [unit: string]: number } = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `sleep` inside a pipeline or a substitution: the whole of it takes so long. */
export const sleep: Command = {
  name: "sleep",
  run(args, { answering }) {
    for (const word of args) {
      const match = /^(\d+(?:\.\d*)?|\.\d+)([smhd]?)$/.exec(word);
      if (match === null) return failed(`sleep: invalid time interval '${word}'\n`);
      answering.tookMs += Math.round(Number(match[1]) * (UNIT_MS[match[2] || "s"] ?? 0));
    }
    return {};
  },
};

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = "January February March April May June July August September October November December".split(" ");
const two = (value: number) => String(value).padStart(2, "0");

/** One letter of a format of `date`. All times are UTC: containers have no other zone. */
function piece(letter: string, at: Date, epochMs: number): string {
  const day = DAYS[at.getUTCDay()] ?? "";
  const month = MONTHS[at.getUTCMonth()] ?? "";
  const hours = at.getUTCHours();
  const clock = `${two(hours)}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  const start = Date.UTC(at.getUTCFullYear(), 0, 1);
  const values: { readonly [letter: string]: string } = {
    Y: String(at.getUTCFullYear()),
    y: two(at.getUTCFullYear() % 100),
    C: two(Math.floor(at.getUTCFullYear() / 100)),
    m: two(at.getUTCMonth() + 1),
    d: two(at.getUTCDate()),
    e: String(at.getUTCDate()).padStart(2),
    H: two(hours),
    I: two(hours % 12 || 12),
    k: String(hours).padStart(2),
    M: two(at.getUTCMinutes()),
    S: two(at.getUTCSeconds()),
    N: `${String(epochMs % 1000).padStart(3, "0")}000000`,
    s: String(Math.floor(epochMs / 1000)),
    p: hours < 12 ? "AM" : "PM",
    A: day,
    a: day.slice(0, 3),
    B: month,
    b: month.slice(0, 3),
    h: month.slice(0, 3),
    j: String(Math.floor((epochMs - start) / 86_400_000) + 1).padStart(3, "0"),
    u: String(at.getUTCDay() || 7),
    w: String(at.getUTCDay()),
    F: `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`,
    T: clock,
    R: clock.slice(0, 5),
    D: `${two(at.getUTCMonth() + 1)}/${two(at.getUTCDate())}/${two(at.getUTCFullYear() % 100)}`,
    c: `${day.slice(0, 3)} ${month.slice(0, 3)} ${String(at.getUTCDate()).padStart(2)} ${clock} ${at.getUTCFullYear()}`,
    x: `${two(at.getUTCMonth() + 1)}/${two(at.getUTCDate())}/${two(at.getUTCFullYear() % 100)}`,
    X: clock,
    Z: "UTC",
    z: "+0000",
    n: "\n",
    t: "\t",
    "%": "%",
  };
  return values[letter] ?? `%${letter}`;
}

function givenMs(text: string, nowMs: number): number | undefined {
  if (text.startsWith("@")) return Number(text.slice(1)) * 1000;
  if (text === "now" || text === "today") return nowMs;
  const shift = /^([+-]?\d+) *(second|sec|minute|min|hour|day|week)s?( ago)?$/.exec(text.trim());
  if (shift !== null) {
    const unit = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }[shift[2]?.[0] ?? "s"] ?? 1000;
    return nowMs + Number(shift[1]) * unit * (shift[3] === undefined ? 1 : -1);
  }
  const parsed = Date.parse(
    /[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text.replace(" ", "T")}${text.includes(":") ? "Z" : ""}`,
  );
  return Number.isNaN(parsed) ? undefined : parsed;
}

export const date: Command = {
  name: "date",
  run(args, { answering: { world } }) {
    let epochMs = world.epochMs;
    let format = world.flavour === "busybox" ? "%a %b %e %H:%M:%S %Z %Y" : "%a %b %e %H:%M:%S %Z %Y";
    for (let index = 0; index < args.length; index++) {
      const word = args[index] ?? "";
      const given = word === "-d" ? args[++index] : /^--date=(.*)$/.exec(word)?.[1];
      if (given !== undefined) {
        const at = givenMs(given, world.epochMs);
        if (at === undefined) return failed(`date: invalid date '${given}'\n`);
        epochMs = at;
      } else if (word.startsWith("+")) format = word.slice(1);
      else if (word === "-R") format = "%a, %d %b %Y %H:%M:%S %z";
      else if (/^(-I|--iso-8601)(seconds)?$/.test(word) || word === "--iso-8601=seconds") {
        format = word.endsWith("seconds") ? "%Y-%m-%dT%H:%M:%S+00:00" : "%Y-%m-%d";
      }
    }
    const at = new Date(epochMs);
    return { stdout: `${format.replace(/%[-_0]?(.)/g, (_all, letter: string) => piece(letter, at, epochMs))}\n` };
  },
};

export const uptime: Command = {
  name: "uptime",
  run(_args, { answering: { world } }) {
    const minutes = Math.floor((world.epochMs - world.startedEpochMs) / 60_000);
    const at = new Date(world.epochMs);
    const clock = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(two).join(":");
    return { stdout: ` ${clock} up ${minutes} min,  0 users,  load average: 0.10, 0.12, 0.09\n` };
  },
};
