import { type Command, failed, type Output } from "./command.ts";

const TYPES = ["A", "CNAME", "SRV", "PTR", "TXT"] as const;
type RecordType = (typeof TYPES)[number];

interface Question {
  readonly name: string;
  readonly type: RecordType;
  readonly server: string | undefined;
  /** `+short` and the like, by name without `no`. */
  readonly settings: ReadonlyMap<string, boolean>;
}

/** `10.0.0.1` as the name that holds its names: `1.0.0.10.in-addr.arpa`. */
const reverseName = (address: string): string => `${address.split(".").reverse().join(".")}.in-addr.arpa`;

function read(args: readonly string[]): Question {
  const settings = new Map<string, boolean>();
  let name = ".";
  let type: RecordType = "A";
  let server: string | undefined;
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? "";
    const known = TYPES.find((one) => one === word.toUpperCase());
    if (word.startsWith("+")) settings.set(word.slice(1).replace(/^no|=.*$/g, ""), !word.startsWith("+no"));
    else if (word.startsWith("@")) server = word.slice(1);
    else if (word === "-x") {
      name = reverseName(args[++at] ?? "");
      type = "PTR";
    } else if (word === "-t") type = TYPES.find((one) => one === args[at + 1]?.toUpperCase()) ?? type;
    else if (known !== undefined) type = known;
    else if (!word.startsWith("-") && word !== "IN" && args[at - 1] !== "-t") name = word;
  }
  return { name, type, server, settings };
}

/** Columns of eight, as dig's own tabs make them. */
function row(name: string, ...rest: readonly string[]): string {
  const tabs = "\t".repeat(Math.max(1, 3 - Math.floor(name.length / 8)));
  return `${name}${tabs}${rest.join("\t")}\n`;
}

// Models bind9 bin/dig: its words and its options for output
/** Asks the cluster's DNS, in the manner of BIND's dig. */
export const dig: Command = {
  name: "dig",
  run(args, { answering }): Output {
    const { name, type, server, settings } = read(args);
    const shows = (section: string) => settings.get(section) ?? settings.get("all") ?? true;
    const search = settings.get("search") ?? false;
    const answer = answering.world.network?.lookup(name, type, { search, ...(server !== undefined && { server }) });
    if (answer === undefined || answer.status === "timeout") {
      answering.tookMs += 15_000;
      return failed(";; connection timed out; no servers could be reached\n", 9);
    }
    if (settings.get("short") === true) return { stdout: answer.records.map(({ data }) => `${data}\n`).join("") };
    const asked = `${answer.name.replace(/\.$/, "")}.`;
    const records = answer.records
      .map((one) => row(one.name, String(one.ttlSeconds), "IN", one.type, one.data))
      .join("");
    const counts = `QUERY: 1, ANSWER: ${answer.records.length}, AUTHORITY: 0, ADDITIONAL: 1`;
    return {
      stdout: [
        shows("comments")
          ? `\n; <<>> DiG 9.18 <<>> ${args.join(" ")}\n;; global options: +cmd\n;; Got answer:\n` +
            `;; ->>HEADER<<- opcode: QUERY, status: ${answer.status}, id: 1\n;; flags: qr aa rd; ${counts}\n\n`
          : "",
        shows("question") ? `;; QUESTION SECTION:\n${row(`;${asked}`, "IN", type)}\n` : "",
        shows("answer") && records !== "" ? `${shows("comments") ? ";; ANSWER SECTION:\n" : ""}${records}` : "",
        shows("stats") ? `\n;; Query time: 1 msec\n;; SERVER: ${answer.server}#53(${answer.server})\n\n` : "",
      ].join(""),
    };
  },
};
