import type { ShellWorld } from "../../index.ts";
import { statusText } from "../../index.ts";
import { utf8Bytes } from "../files.ts";
import { type Answering, type Command, failed, type Output } from "./command.ts";

/** What a program waits for an address that never answers before it gives up by itself. */
const CONNECT_TIMEOUT_MS = 130_000;

interface Url {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

function readUrl(text: string): Url | undefined {
  const match = /^(?:(https?):\/\/)?(?:[^@/]*@)?(\[[^\]]*\]|[^/:?]+)(?::(\d+))?([/?].*)?$/i.exec(text);
  if (match === null) return undefined;
  const secure = match[1]?.toLowerCase() === "https";
  const path = match[4] ?? "/";
  return {
    secure,
    host: match[2] ?? "",
    port: Number(match[3] ?? (secure ? 443 : 80)),
    path: path.startsWith("/") ? path : `/${path}`,
  };
}

const isAddress = (host: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(":");

function addressOf(world: ShellWorld, host: string): string | undefined {
  return isAddress(host) ? host : world.network?.resolve(host)[0];
}

interface Asked {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number | undefined;
}

type Fetched =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly address: string;
    }
  | { readonly kind: "problem"; readonly problem: string; readonly address: string };

function fetchUrl(answering: Answering, url: Url, asked: Asked): Fetched {
  const { network } = answering.world;
  const address = addressOf(answering.world, url.host);
  if (network === undefined || address === undefined) return { kind: "problem", problem: "unknown-host", address: "" };
  const host = url.port === (url.secure ? 443 : 80) ? url.host : `${url.host}:${url.port}`;
  const request = { method: asked.method, path: url.path, headers: { Host: host, ...asked.headers }, body: asked.body };
  const answer = network.http(address, url.port, request, url.secure);
  if (typeof answer !== "string") return { kind: "answer", ...answer, address };
  if (answer === "timeout") answering.tookMs += asked.timeoutMs ?? CONNECT_TIMEOUT_MS;
  return { kind: "problem", problem: answer, address };
}

/** Reads options: those with a value are named; gives the others, and the words. */
function optionsOf(args: readonly string[], withValue: string, long: readonly string[]) {
  const values = new Map<string, string[]>();
  const words: string[] = [];
  const set = (name: string, value: string) => values.set(name, [...(values.get(name) ?? []), value]);
  for (let index = 0; index < args.length; index++) {
    const word = args[index] ?? "";
    const split = /^(--[\w-]+)=(.*)$/s.exec(word);
    if (split !== null) set(split[1] ?? "", split[2] ?? "");
    else if (word.startsWith("--")) set(word, long.includes(word) ? (args[++index] ?? "") : "");
    else if (word.startsWith("-") && word.length > 1) {
      for (let at = 1; at < word.length; at++) {
        const letter = word[at] ?? "";
        if (!withValue.includes(letter)) set(`-${letter}`, "");
        else {
          set(`-${letter}`, word.slice(at + 1) || (args[++index] ?? ""));
          break;
        }
      }
    } else words.push(word);
  }
  return {
    values,
    words,
    has: (...names: string[]) => names.some((name) => values.has(name)),
    get: (...names: string[]) => names.map((name) => values.get(name)?.at(-1)).find((value) => value !== undefined),
  };
}

const WGET_PROBLEMS: { readonly [problem: string]: string } = {
  refused: "Connection refused",
  unreachable: "Host is unreachable",
  reset: "Connection reset by peer",
};

// Models networking/wget.c of busybox: its words
export const wget: Command = {
  name: "wget",
  run(args, { answering, context }) {
    const options = optionsOf(args, "OTUPtY", [
      "--header",
      "--timeout",
      "--post-data",
      "--tries",
      "--output-document",
      "--user-agent",
    ]);
    const [text = ""] = options.words;
    const url = readUrl(text);
    if (url === undefined) return failed("wget: missing URL\n");
    const seconds = options.get("-T", "--timeout");
    const data = options.get("--post-data");
    const headers = Object.fromEntries(
      (options.values.get("--header") ?? []).map((line) => [
        line.split(":")[0] ?? "",
        line.slice(line.indexOf(":") + 1).trim(),
      ]),
    );
    const done = fetchUrl(answering, url, {
      method: data === undefined ? "GET" : "POST",
      headers: { "User-Agent": "Wget", Connection: "close", ...headers },
      body: data ?? "",
      timeoutMs: seconds === undefined ? undefined : Number(seconds) * 1000,
    });
    if (done.kind === "problem" && done.problem === "unknown-host") return failed(`wget: bad address '${url.host}'\n`);
    const quiet = options.has("-q", "-s");
    const target = `${url.host}:${url.port}`;
    const connecting = quiet ? "" : `Connecting to ${target} (${done.address}:${url.port})\n`;
    if (done.kind === "problem") {
      if (done.problem === "timeout")
        return failed(
          `${connecting}wget: ${seconds === undefined ? `can't connect to remote host (${done.address}): Connection timed out` : "download timed out"}\n`,
        );
      return failed(
        `${connecting}wget: can't connect to remote host (${done.address}): ${WGET_PROBLEMS[done.problem] ?? done.problem}\n`,
      );
    }
    if (done.status >= 400)
      return failed(`${connecting}wget: server returned error: HTTP/1.1 ${done.status} ${statusText(done.status)}\n`);
    if (options.has("--spider")) return { stderr: quiet ? "" : `${connecting}remote file exists\n` };
    const file =
      options.get("-O", "--output-document") ?? (url.path.slice(url.path.lastIndexOf("/") + 1) || "index.html");
    if (file === "-") return { stdout: done.body, stderr: quiet ? "" : `${connecting}writing to stdout\n` };
    const path = file.startsWith("/") ? file : `${context.cwd === "/" ? "" : context.cwd}/${file}`;
    const problem = answering.world.files.write(path, done.body);
    if (problem !== undefined) return failed(`wget: can't open '${file}': ${problem.message}\n`);
    return { stderr: quiet ? "" : `${connecting}saving to '${file}'\n'${file}' saved\n` };
  },
};

function curlProblem(problem: string, url: Url, timeoutMs: number | undefined): Output {
  const target = `${url.host} port ${url.port}`;
  if (problem === "unknown-host") return failed(`curl: (6) Could not resolve host: ${url.host}\n`, 6);
  if (problem === "timeout") {
    const ms = timeoutMs ?? CONNECT_TIMEOUT_MS;
    return failed(
      timeoutMs === undefined
        ? `curl: (28) Failed to connect to ${target} after ${ms} ms: Could not connect to server\n`
        : `curl: (28) Connection timed out after ${ms} milliseconds\n`,
      28,
    );
  }
  if (problem === "reset") return failed("curl: (56) Recv failure: Connection reset by peer\n", 56);
  return failed(`curl: (7) Failed to connect to ${target} after 0 ms: Could not connect to server\n`, 7);
}

export const curl: Command = {
  name: "curl",
  run(args, { answering, context }) {
    const options = optionsOf(args, "XHdomwuAeT", [
      "--request",
      "--header",
      "--data",
      "--data-raw",
      "--output",
      "--max-time",
      "--connect-timeout",
      "--write-out",
      "--retry",
      "--user",
      "--cacert",
      "--cert",
      "--key",
      "--resolve",
    ]);
    const [text] = options.words;
    if (text === undefined) return failed("curl: (2) no URL specified\n", 2);
    const url = readUrl(text);
    if (url === undefined) return failed("curl: (3) URL rejected: Malformed input to a URL function\n", 3);
    const data = options.get("-d", "--data", "--data-raw");
    const seconds = options.get("-m", "--max-time", "--connect-timeout");
    const timeoutMs = seconds === undefined ? undefined : Math.round(Number(seconds) * 1000);
    const lines = [...(options.values.get("-H") ?? []), ...(options.values.get("--header") ?? [])];
    const headers = Object.fromEntries(
      lines.map((line) => [line.split(":")[0] ?? "", line.slice(line.indexOf(":") + 1).trim()]),
    );
    const method =
      options.get("-X", "--request") ?? (options.has("-I", "--head") ? "HEAD" : data === undefined ? "GET" : "POST");
    const form: Record<string, string> =
      data === undefined ? {} : { "Content-Type": "application/x-www-form-urlencoded" };
    const done = fetchUrl(answering, url, {
      method,
      headers: { "User-Agent": "curl/8.14.1", Accept: "*/*", ...form, ...headers },
      body: utf8Bytes(data ?? ""),
      timeoutMs,
    });
    const isSilent = options.has("-s", "--silent") && !options.has("-S", "--show-error");
    const format = (status: number) =>
      (options.get("-w", "--write-out") ?? "")
        .replace(/%\{(http_code|response_code)\}/g, String(status).padStart(3, "0"))
        .replace(/%\{\w+\}/g, "0")
        .replaceAll("\\n", "\n");
    if (done.kind === "problem") {
      const { stderr = "", exitCode = 1 } = curlProblem(done.problem, url, timeoutMs);
      return { stdout: format(0), stderr: isSilent ? "" : stderr, exitCode };
    }
    if (options.has("-f", "--fail") && done.status >= 400) {
      return {
        stdout: format(done.status),
        stderr: isSilent ? "" : `curl: (22) The requested URL returned error: ${done.status}\n`,
        exitCode: 22,
      };
    }
    const head = `HTTP/1.1 ${done.status} ${statusText(done.status)}\r\n${Object.entries(done.headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join("")}\r\n`;
    const shown = options.has("-I", "--head") ? head : `${options.has("-i", "--include") ? head : ""}${done.body}`;
    const file = options.get("-o", "--output");
    if (file === undefined) return { stdout: shown + format(done.status) };
    if (file !== "/dev/null") {
      const problem = answering.world.files.write(file.startsWith("/") ? file : `${context.cwd}/${file}`, shown);
      if (problem !== undefined) return failed(`curl: (23) client returned ERROR on write\n`, 23);
    }
    return { stdout: format(done.status) };
  },
};

// Models networking/nslookup.c of busybox: its words
export const nslookup: Command = {
  name: "nslookup",
  run(args, { answering: { world } }) {
    const type =
      args
        .map((word) => /^-(?:type|query|q)=(\w+)$/i.exec(word)?.[1]?.toUpperCase())
        .find((each) => each !== undefined) ?? "A";
    const [name = "", server] = args.filter((word) => !word.startsWith("-"));
    const known = (["A", "SRV", "PTR", "TXT", "CNAME"] as const).find((each) => each === type) ?? "A";
    const answer = world.network?.lookup(name, known, { search: true, ...(server !== undefined && { server }) });
    if (answer === undefined || answer.status === "timeout")
      return failed(";; connection timed out; no servers could be reached\n\n");
    const head = `Server:\t\t${answer.server}\nAddress:\t${answer.server}:53\n\n`;
    if (answer.status !== "NOERROR")
      return { stdout: `${head}** server can't find ${answer.name}: ${answer.status}\n\n`, exitCode: 1 };
    const rows = answer.records.map((record) => {
      const owner = record.name.replace(/\.$/, "");
      if (record.type === "A") return `Name:\t${owner}\nAddress: ${record.data}\n`;
      const word = { SRV: "service", PTR: "name", TXT: "text", CNAME: "canonical name" }[record.type];
      return `${owner}\t${word} = ${record.data.replace(/\.$/, "")}\n`;
    });
    return { stdout: `${head}${rows.join("")}\n` };
  },
};

export const nc: Command = {
  name: "nc",
  run(args, { answering, context }) {
    const options = optionsOf(args, "wip", []);
    const [host = "", port = ""] = options.words;
    const { network } = answering.world;
    const address = addressOf(answering.world, host);
    if (address === undefined || network === undefined) return failed(`nc: bad address '${host}'\n`);
    const state = network.connect(address, Number(port));
    if (state !== "open") {
      if (state === "timeout") answering.tookMs += Number(options.get("-w") ?? 130) * 1000;
      const words = state === "timeout" ? "timed out" : (WGET_PROBLEMS[state] ?? state);
      return failed(options.has("-v") || !options.has("-z") ? `nc: ${host} (${address}:${port}): ${words}\n` : "");
    }
    const opened = options.has("-v") ? `${host} (${address}:${port}) open\n` : "";
    if (options.has("-z")) return { stderr: opened };
    const sent = network.exchange(address, Number(port), String(context.stdin), options.has("-u") ? "udp" : "tcp");
    return { stdout: sent, stderr: opened };
  },
};

/** nmap's own: what its clients are told besides makes no difference here. */
export const ncat: Command = { ...nc, name: "ncat" };

export const ping: Command = {
  name: "ping",
  run(args, { answering }) {
    const options = optionsOf(args, "cWwis", []);
    const [host = ""] = options.words;
    const address = addressOf(answering.world, host);
    if (address === undefined) return failed(`ping: bad address '${host}'\n`);
    const count = Math.min(Number(options.get("-c") ?? 4), 60);
    const lines = Array.from(
      { length: count },
      (_each, index) => `64 bytes from ${address}: seq=${index} ttl=63 time=0.0${60 + (index % 9)} ms`,
    );
    answering.tookMs += (count - 1) * 1000;
    const end = [
      `--- ${host} ping statistics ---`,
      `${count} packets transmitted, ${count} packets received, 0% packet loss`,
      "round-trip min/avg/max = 0.060/0.063/0.068 ms",
    ];
    return { stdout: `${[`PING ${host} (${address}): 56 data bytes`, ...lines, "", ...end].join("\n")}\n` };
  },
};

/** Only what it says of hosts: accounts and services are files that can be read. */
export const getent: Command = {
  name: "getent",
  run([database = "", ...keys], { answering: { world } }) {
    if (database !== "hosts" && database !== "ahosts" && database !== "ahostsv4") {
      return failed(`getent: database '${database}' is not simulated\n`, 1);
    }
    const rows = keys.map((key) => {
      const address = addressOf(world, key);
      return address === undefined ? undefined : `${address.padEnd(16)}  ${key}\n`;
    });
    const stdout = rows.join("");
    return rows.includes(undefined) || keys.length === 0 ? { stdout, exitCode: 2 } : { stdout };
  },
};
