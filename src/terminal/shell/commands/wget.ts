import { absolute, quoted } from "../text.ts";
import type { OwnCommand, Run } from "./command.ts";

interface Asked {
  quiet: boolean;
  spider: boolean;
  output: string | undefined;
  timeout: string | undefined;
  readonly more: string[];
  readonly addresses: string[];
}

const VALUED = /^(-O|-T|-t|-U|--(output-document|timeout|tries|header|post-data|user-agent|method|body-data))$/;

function take(asked: Asked, name: string, value: string): void {
  if (name === "-O" || name === "--output-document") asked.output = value;
  else if (name === "-T" || name === "--timeout") asked.timeout = value;
  else if (name === "--header") asked.more.push("-H", value);
  else if (name === "--post-data" || name === "--body-data") asked.more.push("-d", value);
  else if (name === "--method") asked.more.push("-X", value);
  else if (name === "-U" || name === "--user-agent") asked.more.push("-A", value);
}

/** What is asked for; the error is a word that nobody knows. */
function askedOf(words: readonly string[]): Asked | string {
  const asked: Asked = {
    quiet: false,
    spider: false,
    output: undefined,
    timeout: undefined,
    more: [],
    addresses: [],
  };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const inline = /^(--[\w-]+)=(.*)$/s.exec(word) ?? /^(-[OTtU])(.+)$/s.exec(word);
    const bundle = /^-(qO)(.*)$/s.exec(word);
    if (VALUED.test(word)) take(asked, word, words[++at] ?? "");
    else if (inline !== null && VALUED.test(inline[1] ?? "")) take(asked, inline[1] ?? "", inline[2] ?? "");
    else if (word === "--spider") asked.spider = true;
    else if (word === "-q" || word === "--quiet" || word === "-nv" || word === "--no-verbose") asked.quiet = true;
    else if (bundle?.[1] === "qO") {
      asked.quiet = true;
      asked.output = bundle[2] || (words[++at] ?? "");
    } else if (word === "--no-check-certificate") asked.more.push("-k");
    else if (word.startsWith("-")) return word;
    else asked.addresses.push(/^\w+:\/\//.test(word) ? word : `http://${word}`);
  }
  return asked;
}

const NO_ANSWER = 4;
const REFUSED_BY_SERVER = 8;

async function one(run: Run, asked: Asked, address: string): Promise<number> {
  const { quiet, spider } = asked;
  const place = new URL(address);
  const port = place.port || (place.protocol === "https:" ? "443" : "80");
  const host = `${place.hostname}:${port}`;
  const say = (text: string) => void (quiet || run.err(text));
  await run.cluster.sync();
  const stamp = new Date(run.cluster.nowEpochMs()).toISOString().slice(0, 19).replace("T", " ");
  say(`--${stamp}--  ${place.href}\nConnecting to ${host}... `);
  const options = [...asked.more, ...(asked.timeout === undefined ? [] : ["--max-time", asked.timeout])];
  const got = await run.exec(["curl", "-sS", "-i", ...options, place.href].map(quoted).join(" "));
  if (got.exitCode !== 0) {
    say(`failed: ${/refused/i.test(got.stderr) || got.exitCode === 7 ? "Connection refused" : "No route to host"}.\n`);
    return NO_ANSWER;
  }
  const cut = /\r?\n\r?\n/.exec(got.stdout);
  const head = got.stdout.slice(0, cut?.index ?? 0);
  const body = got.stdout.slice((cut?.index ?? 0) + (cut?.[0].length ?? 0));
  const [, status = "", words = ""] = /^HTTP\/\S+ (\d+) ?(.*?)\r?$/m.exec(head) ?? [];
  say(`connected.\nHTTP request sent, awaiting response... ${status} ${words}\n`);
  if (Number(status) >= 400) {
    if (quiet) return REFUSED_BY_SERVER;
    run.err(`${stamp} ERROR ${status}: ${words}.\n\n`);
    return REFUSED_BY_SERVER;
  }
  const type = /^content-type: *([^;\r\n]+)/im.exec(head)?.[1] ?? "text/plain";
  const file = asked.output ?? (place.pathname.split("/").at(-1) || "index.html");
  say(`Length: ${body.length} [${type}]\n`);
  if (spider) return 0;
  say(`Saving to: '${file === "-" ? "STDOUT" : file}'\n\n`);
  if (file === "-") run.out(body);
  else await run.files.writeFile(absolute(run.folder, file), body);
  const where = file === "-" ? "written to stdout" : `'${file}' saved`;
  say(`\n${stamp} - ${where} [${body.length}/${body.length}]\n\n`);
  return 0;
}

/** `wget`, over the cluster's network. Models GNU wget's words. */
async function wget(run: Run): Promise<number> {
  const asked = askedOf(run.words);
  if (typeof asked === "string") {
    run.err(`wget: unrecognized option '${asked}'\nUsage: wget [OPTION]... [URL]...\n`);
    return 2;
  }
  if (asked.addresses.length === 0) {
    run.err("wget: missing URL\nUsage: wget [OPTION]... [URL]...\n");
    return 1;
  }
  let code = 0;
  for (const address of asked.addresses) code = (await one(run, asked, address)) || code;
  return code;
}

export const wgetCommand: OwnCommand = { name: "wget", run: wget };
