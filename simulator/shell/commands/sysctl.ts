import { type Command, failed } from "./command.ts";

/** `sysctl`: reads what /proc/sys shows; a container may write none of it. */
export const sysctl: Command = {
  name: "sysctl",
  run(args, { answering: { world } }) {
    const isBare = args.includes("-n");
    const isQuiet = args.includes("-e");
    const lines: string[] = [];
    const problems: string[] = [];
    for (const word of args.filter((each) => !each.startsWith("-"))) {
      const [name = ""] = word.split("=");
      const text = world.files.read(`/proc/sys/${name.replaceAll(".", "/")}`);
      if (typeof text !== "string") {
        if (!isQuiet) problems.push(`sysctl: error: '${name}' is an unknown key\n`);
      } else if (word.includes("=")) {
        problems.push(`sysctl: error setting key '${name}': Read-only file system\n`);
      } else lines.push(isBare ? text : `${name} = ${text}`);
    }
    const stdout = lines.join("");
    return problems.length === 0 ? { stdout } : { ...failed(problems.join("")), stdout };
  },
};
