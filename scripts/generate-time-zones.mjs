// Writes the rules of all time zones, from the compiled IANA database of this machine, as a table of the simulator's
// own: what machines know of time zones differs from one to another. Rules are POSIX texts and hold for the future;
// zones whose future is no rule have their changes listed. Run: node scripts/generate-time-zones.mjs
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = process.argv[2] ?? "/usr/share/zoneinfo";
const FROM = Date.UTC(2026, 0, 1) / 1000;
const REGION =
  /^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico|Pacific|US)$/;
const LEFT_OUT = new Set(["posixrules", "localtime", "Factory", "posix", "right"]);

function names(folder, prefix) {
  return readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const path = join(folder, file);
      if (LEFT_OUT.has(file)) return [];
      if (statSync(path).isDirectory())
        return prefix === "" && !REGION.test(file) ? [] : names(path, `${prefix}${file}/`);
      return readFileSync(path).subarray(0, 4).toString() === "TZif" ? [`${prefix}${file}`] : [];
    });
}

/** The changes and the last rule of a TZif file, from its 64-bit part. */
function read(name) {
  const file = readFileSync(join(root, name));
  const counts = (at) => [20, 24, 28, 32, 36, 40].map((offset) => file.readUInt32BE(at + offset));
  const [gmt, std, leap, time, type, chars] = counts(0);
  const second = 44 + time * 5 + type * 6 + chars + leap * 8 + std + gmt;
  const [gmt2, std2, leap2, time2, type2, chars2] = counts(second);
  const times = second + 44;
  const types = times + time2 * 8;
  const infos = types + time2;
  const changes = Array.from({ length: time2 }, (_, at) => [
    Number(file.readBigInt64BE(times + at * 8)),
    file.readInt32BE(infos + file[types + at] * 6),
  ]);
  const footer = infos + type2 * 6 + chars2 + leap2 * 12 + std2 + gmt2;
  return { changes, rule: file.subarray(footer).toString().trim() };
}

const rules = {};
const dated = {};
for (const name of names(root, "")) {
  const { changes, rule } = read(name);
  // Some compilers pad the list with changes that change nothing.
  const later = changes.filter(([at, offset], index) => at >= FROM && offset !== changes[index - 1]?.[1]);
  if (later.length === 0 || rule.includes(",")) {
    rules[rule] ??= [];
    rules[rule].push(name);
    continue;
  }
  const before = changes.filter(([at]) => at < FROM).at(-1)?.[1] ?? 0;
  dated[name] = [[0, before], ...later];
}
const lines = Object.entries(rules)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([rule, list]) => `    ${JSON.stringify(rule)}: ${JSON.stringify(list.join(" "))}`);
const datedLines = Object.entries(dated).map(
  ([name, changes]) => `    ${JSON.stringify(name)}: ${JSON.stringify(changes)}`,
);
writeFileSync(
  new URL("../simulator/resources/batch/cronjob/generated/time-zones.json", import.meta.url),
  `{\n  "rules": {\n${lines.join(",\n")}\n  },\n  "dated": {\n${datedLines.join(",\n")}\n  }\n}\n`,
);
