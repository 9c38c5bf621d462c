import { type Image, server } from "./image.ts";
import type { OwnLines, ProgramWorld } from "./program.ts";
import { timeParts } from "./start-lines.ts";

/* redis: strings, counters, hashes, lists and sets in memory, over its own protocol. Nothing is written to disk. */

const VERSION = "8.4.0";
const OK = "+OK\r\n";
const NIL = "$-1\r\n";
const WRONG_TYPE = "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";

const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`;
const whole = (value: number): string => `:${value}\r\n`;
const list = (items: readonly string[]): string => `*${items.length}\r\n${items.map(bulk).join("")}`;

/** Commands in a stretch of bytes: arrays of the protocol, or plain lines. */
function commandsOf(bytes: string): string[][] {
  const commands: string[][] = [];
  let at = 0;
  const line = (): string => {
    const end = bytes.indexOf("\n", at);
    const text = bytes.slice(at, end < 0 ? bytes.length : end).replace(/\r$/, "");
    at = end < 0 ? bytes.length : end + 1;
    return text;
  };
  while (at < bytes.length) {
    const first = line();
    if (!first.startsWith("*")) {
      const words = [...first.matchAll(/"((?:\\.|[^"\\])*)"|'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2] ?? m[3] ?? "");
      if (words.length > 0) commands.push(words);
      continue;
    }
    const words: string[] = [];
    for (let count = Number(first.slice(1)); count > 0 && at < bytes.length; count--) {
      const size = Number(line().slice(1)) || 0;
      words.push(bytes.slice(at, at + size));
      at += size + 2;
    }
    commands.push(words);
  }
  return commands;
}

/** A value as it is kept: its type's letter, then JSON. */
interface Value {
  readonly type: "string" | "list" | "set" | "hash";
  readonly data: unknown;
}

class Store {
  readonly #world: ProgramWorld;

  constructor(world: ProgramWorld) {
    this.#world = world;
  }

  get(key: string): Value | undefined {
    const text = this.#world.memory.get(key);
    if (text === undefined) return undefined;
    const { untilMs, ...value } = JSON.parse(text) as Value & { untilMs?: number };
    if (untilMs === undefined || untilMs > this.#world.epochMs) return value;
    this.#world.memory.delete(key);
    return undefined;
  }

  /** When a key goes by itself, in epoch milliseconds. */
  untilMs(key: string): number | undefined {
    const text = this.#world.memory.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as { untilMs?: number }).untilMs;
  }

  set(key: string, value: Value, untilMs?: number): boolean {
    return this.#world.memory.set(key, JSON.stringify({ ...value, ...(untilMs !== undefined && { untilMs }) }));
  }

  delete(key: string): boolean {
    const there = this.get(key) !== undefined;
    this.#world.memory.delete(key);
    return there;
  }

  get keys(): readonly string[] {
    return this.#world.memory.keys.filter((key) => this.get(key) !== undefined);
  }

  expire(key: string, untilMs: number | undefined): boolean {
    const value = this.get(key);
    return value !== undefined && this.set(key, value, untilMs);
  }
}

const FULL = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";

/** A command on a value of one type, which it may begin or change. */
function change<T>(store: Store, key: string, type: Value["type"], empty: T, act: (data: T) => [T, string]): string {
  const value = store.get(key);
  if (value !== undefined && value.type !== type) return WRONG_TYPE;
  const [data, reply] = act((value?.data as T | undefined) ?? empty);
  return store.set(key, { type, data }, store.untilMs(key)) ? reply : FULL;
}

/** A command that only reads a value of one type. */
function look<T>(store: Store, key: string, type: Value["type"], empty: T, act: (data: T) => string): string {
  const value = store.get(key);
  return value !== undefined && value.type !== type ? WRONG_TYPE : act((value?.data as T | undefined) ?? empty);
}

function slice(items: readonly string[], from: string, to: string): readonly string[] {
  const place = (text: string) => (Number(text) < 0 ? items.length + Number(text) : Number(text));
  return items.slice(Math.max(0, place(from)), place(to) + 1);
}

function globMatches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  try {
    return new RegExp(`^${source}$`).test(text);
  } catch {
    return false;
  }
}

type Command = (store: Store, args: readonly string[], world: ProgramWorld) => string;

function increase(store: Store, key: string, by: number): string {
  return change(store, key, "string", "0", (old) => {
    if (!/^-?\d+$/.test(old) || Number.isNaN(by)) return [old, "-ERR value is not an integer or out of range\r\n"];
    return [String(Number(old) + by), whole(Number(old) + by)];
  });
}

function setString(store: Store, [key = "", value = "", ...options]: readonly string[], world: ProgramWorld): string {
  const flags = options.map((each) => each.toUpperCase());
  const there = store.get(key) !== undefined;
  if ((flags.includes("NX") && there) || (flags.includes("XX") && !there)) return NIL;
  const after = (flag: string) => Number(options[flags.indexOf(flag) + 1]);
  const ms = flags.includes("EX") ? after("EX") * 1000 : flags.includes("PX") ? after("PX") : undefined;
  const until = ms === undefined ? undefined : world.epochMs + ms;
  return store.set(key, { type: "string", data: value }, until) ? OK : FULL;
}

const COMMANDS: { readonly [name: string]: Command } = {
  PING: (_store, [text]) => (text === undefined ? "+PONG\r\n" : bulk(text)),
  ECHO: (_store, [text = ""]) => bulk(text),
  SET: setString,
  SETNX: (store, [key = "", value = ""], world) => whole(setString(store, [key, value, "NX"], world) === OK ? 1 : 0),
  SETEX: (store, [key = "", seconds = "", value = ""], world) => setString(store, [key, value, "EX", seconds], world),
  GET: (store, [key = ""]) => {
    const value = store.get(key);
    return value === undefined ? NIL : value.type === "string" ? bulk(String(value.data)) : WRONG_TYPE;
  },
  MSET: (store, args, world) => {
    for (let at = 0; at + 1 < args.length; at += 2) setString(store, [args[at] ?? "", args[at + 1] ?? ""], world);
    return OK;
  },
  MGET: (store, keys) => {
    const values = keys.map((key) => store.get(key));
    return `*${keys.length}\r\n${values.map((each) => (each?.type === "string" ? bulk(String(each.data)) : NIL)).join("")}`;
  },
  APPEND: (store, [key = "", more = ""]) =>
    change(store, key, "string", "", (old) => [old + more, whole(old.length + more.length)]),
  STRLEN: (store, [key = ""]) => look(store, key, "string", "", (text) => whole(text.length)),
  DEL: (store, keys) => whole(keys.filter((key) => store.delete(key)).length),
  EXISTS: (store, keys) => whole(keys.filter((key) => store.get(key) !== undefined).length),
  INCR: (store, [key = ""]) => increase(store, key, 1),
  DECR: (store, [key = ""]) => increase(store, key, -1),
  INCRBY: (store, [key = "", by]) => increase(store, key, Number(by)),
  DECRBY: (store, [key = "", by]) => increase(store, key, -Number(by)),
  TYPE: (store, [key = ""]) => `+${store.get(key)?.type ?? "none"}\r\n`,
  KEYS: (store, [pattern = "*"]) => list(store.keys.filter((key) => globMatches(pattern, key))),
  DBSIZE: (store) => whole(store.keys.length),
  EXPIRE: (store, [key = "", seconds], world) =>
    whole(store.expire(key, world.epochMs + Number(seconds) * 1000) ? 1 : 0),
  PERSIST: (store, [key = ""]) => whole(store.untilMs(key) !== undefined && store.expire(key, undefined) ? 1 : 0),
  TTL: (store, [key = ""], world) => {
    if (store.get(key) === undefined) return whole(-2);
    const until = store.untilMs(key);
    return whole(until === undefined ? -1 : Math.ceil((until - world.epochMs) / 1000));
  },
  LPUSH: (store, [key = "", ...items]) =>
    change<string[]>(store, key, "list", [], (old) => [[...items.reverse(), ...old], whole(old.length + items.length)]),
  RPUSH: (store, [key = "", ...items]) =>
    change<string[]>(store, key, "list", [], (old) => [[...old, ...items], whole(old.length + items.length)]),
  LPOP: (store, [key = ""]) => {
    const popped = change<string[]>(store, key, "list", [], ([first, ...rest]) => [
      rest,
      first === undefined ? NIL : bulk(first),
    ]);
    if ((store.get(key)?.data as string[] | undefined)?.length === 0) store.delete(key);
    return popped;
  },
  RPOP: (store, [key = ""]) => {
    const popped = change<string[]>(store, key, "list", [], (old) => {
      const last = old.at(-1);
      return [old.slice(0, -1), last === undefined ? NIL : bulk(last)];
    });
    if ((store.get(key)?.data as string[] | undefined)?.length === 0) store.delete(key);
    return popped;
  },
  LLEN: (store, [key = ""]) => look<string[]>(store, key, "list", [], (items) => whole(items.length)),
  LRANGE: (store, [key = "", from = "0", to = "-1"]) =>
    look<string[]>(store, key, "list", [], (items) => list(slice(items, from, to))),
  SADD: (store, [key = "", ...items]) =>
    change<string[]>(store, key, "set", [], (old) => {
      const all = new Set([...old, ...items]);
      return [[...all], whole(all.size - old.length)];
    }),
  SMEMBERS: (store, [key = ""]) => look<string[]>(store, key, "set", [], (items) => list(items)),
  SCARD: (store, [key = ""]) => look<string[]>(store, key, "set", [], (items) => whole(items.length)),
  SISMEMBER: (store, [key = "", item = ""]) =>
    look<string[]>(store, key, "set", [], (items) => whole(items.includes(item) ? 1 : 0)),
  HSET: (store, [key = "", ...pairs]) =>
    change<Record<string, string>>(store, key, "hash", {}, (old) => {
      const next = { ...old };
      for (let at = 0; at + 1 < pairs.length; at += 2) next[pairs[at] ?? ""] = pairs[at + 1] ?? "";
      return [next, whole(Object.keys(next).length - Object.keys(old).length)];
    }),
  HGET: (store, [key = "", field = ""]) =>
    look<Record<string, string>>(store, key, "hash", {}, (hash) =>
      hash[field] === undefined ? NIL : bulk(hash[field]),
    ),
  HGETALL: (store, [key = ""]) =>
    look<Record<string, string>>(store, key, "hash", {}, (hash) => list(Object.entries(hash).flat())),
  FLUSHALL: (store) => {
    for (const key of store.keys) store.delete(key);
    return OK;
  },
  SELECT: () => OK,
  AUTH: () =>
    "-ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?\r\n",
  SAVE: () => OK,
  QUIT: () => OK,
  COMMAND: () => "*0\r\n",
  CLIENT: () => OK,
  CONFIG: (_store, [what = "", name = ""], world) =>
    what.toUpperCase() === "GET" ? list(configured(world, name)) : OK,
  INFO: () =>
    bulk(
      `# Server\r\nredis_version:${VERSION}\r\nredis_mode:standalone\r\n\r\n# Replication\r\nrole:master\r\nconnected_slaves:0\r\n`,
    ),
  ROLE: () => "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n",
};

const ALIASES: { readonly [name: string]: string } = { FLUSHDB: "FLUSHALL", UNLINK: "DEL", BGSAVE: "SAVE" };

/** Settings of the configuration file that it was started with, and redis' own defaults of those that examples ask for. */
function configured(world: ProgramWorld, name: string): readonly string[] {
  const defaults: { readonly [name: string]: string } = {
    maxmemory: "0",
    "maxmemory-policy": "noeviction",
    port: "6379",
  };
  const file = world.words?.find((word) => word.endsWith(".conf"));
  const text = file === undefined ? "" : world.files.read(file);
  const found = new Map(Object.entries(defaults));
  for (const line of (typeof text === "string" ? text : "").split("\n")) {
    const match = /^\s*([a-z-]+)\s+(.*?)\s*$/.exec(line);
    if (match?.[1] !== undefined) found.set(match[1], bytesOf(match[2] ?? ""));
  }
  return [...found].filter(([key]) => globMatches(name, key)).flat();
}

/** `2mb` is told in bytes. */
function bytesOf(text: string): string {
  const match = /^(\d+)(kb|mb|gb)$/i.exec(text);
  if (match === null) return text;
  const powers: { readonly [unit: string]: number } = { kb: 1, mb: 2, gb: 3 };
  return String(Number(match[1]) * 1024 ** (powers[(match[2] ?? "").toLowerCase()] ?? 0));
}

function answer(bytes: string, world: ProgramWorld): string {
  const store = new Store(world);
  return commandsOf(bytes)
    .map(([name = "", ...args]) => {
      const upper = name.toUpperCase();
      const command = COMMANDS[ALIASES[upper] ?? upper];
      if (command !== undefined) return command(store, args, world);
      const shown = args.map((each) => `'${each}' `).join("");
      return `-ERR unknown command '${name}', with args beginning with: ${shown}\r\n`;
    })
    .join("");
}

const lines: OwnLines = (world) => {
  const { day, monthName, year, hour, minute, second, millis } = timeParts(world.startedEpochMs + 20);
  const opening = (mark: string) => `1:${mark} ${day} ${monthName} ${year} ${hour}:${minute}:${second}.${millis}`;
  const noConfig =
    "no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf";
  return [
    `${opening("C")} * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo`,
    `${opening("C")} * Redis version=${VERSION}, bits=64, commit=00000000, modified=0, pid=1, just started`,
    ...(world.words?.some((word) => word.endsWith(".conf"))
      ? [`${opening("C")} * Configuration loaded`]
      : [`${opening("C")} # Warning: ${noConfig}`]),
    `${opening("M")} * monotonic clock: POSIX clock_gettime`,
    `${opening("M")} * Running mode=standalone, port=6379.`,
    `${opening("M")} * Server initialized`,
    `${opening("M")} * Ready to accept connections tcp`,
  ].map((text, at) => ({ afterMs: 20 + at * 3, stream: "stdout" as const, text }));
};

const behave: Image["behave"] = () => server([6379], { checks: ["redis-cli"], bytes: answer, lines });

export const redis: Image = {
  name: "docker.io/library/redis",
  sizeBytes: 45_006_722,
  majors: [2, 8],
  behave,
};

/** The same program under the names that examples have it. */
export const redisOfExamples: readonly Image[] = [
  ["registry.k8s.io/redis", 45_000_000],
  ["registry.k8s.io/e2e-test-images/redis", 45_000_000],
  ["docker.io/bitnami/redis", 52_000_000],
  ["us-docker.pkg.dev/google-samples/containers/gke/gb-redis-follower", 46_000_000],
  ["gcr.io/google_samples/gb-redis-follower", 46_000_000],
  ["docker.io/kubernetes/redis", 60_000_000],
  ["docker.io/valkey/valkey", 44_000_000],
].map(([name, sizeBytes]) => ({
  name: name as string,
  sizeBytes: sizeBytes as number,
  programs: ["redis-server"],
  behave,
}));
