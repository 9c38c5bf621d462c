import type { ShellWorld } from "../../index.ts";
import { accountOf } from "./accounts.ts";
import { type Command, failed } from "./command.ts";
import { absolute } from "./ls.ts";

/** The number of a user or a group that is given by name or number; undefined where there is none of that name. */
function numberOf(world: ShellWorld, file: "/etc/passwd" | "/etc/group", text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const content = world.files.read(file);
  const rows = typeof content === "string" ? content.split("\n").map((line) => line.split(":")) : [];
  const row = rows.find(([name]) => name === text);
  return row === undefined ? (accountOf(world, file, 0) === text ? 0 : undefined) : Number(row[2]);
}

/** A path, and with `-R` all that is under it. */
function treeOf(world: ShellWorld, path: string, isDeep: boolean): readonly string[] {
  const names = isDeep && world.files.stat(path)?.kind === "directory" ? world.files.list(path) : [];
  if (!Array.isArray(names)) return [path];
  return [path, ...names.flatMap((name) => treeOf(world, `${path === "/" ? "" : path}/${name}`, isDeep))];
}

interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

function changeOwner(name: string, read: (world: ShellWorld, text: string) => Owner | string): Command {
  return {
    name,
    run(args, { answering: { world }, context }) {
      const [owner = "", ...paths] = args.filter((word) => !word.startsWith("-"));
      const isDeep = args.some((word) => /^-\w*R/.test(word));
      const wanted = read(world, owner);
      if (typeof wanted === "string") return failed(`${name}: ${wanted}\n`);
      let stderr = "";
      for (const word of paths) {
        for (const path of treeOf(world, absolute(context.cwd, word), isDeep)) {
          const shown = path === absolute(context.cwd, word) ? word : path;
          const problem =
            world.uid === 0 ? world.files.chown(path, wanted.uid, wanted.gid) : { message: "Operation not permitted" };
          if (problem !== undefined) stderr += `${name}: ${shown}: ${problem.message}\n`;
        }
      }
      return stderr === "" ? {} : failed(stderr);
    },
  };
}

export const chown = changeOwner("chown", (world, text) => {
  const [user = "", group] = text.split(/[:.]/);
  const uid = user === "" ? undefined : numberOf(world, "/etc/passwd", user);
  const gid = group === undefined || group === "" ? undefined : numberOf(world, "/etc/group", group);
  if (user !== "" && uid === undefined) return `unknown user ${user}`;
  if (group !== undefined && group !== "" && gid === undefined) return `unknown group ${group}`;
  return { ...(uid !== undefined && { uid }), ...(gid !== undefined && { gid }) };
});

export const chgrp = changeOwner("chgrp", (world, text) => {
  const gid = numberOf(world, "/etc/group", text);
  return gid === undefined ? `unknown group ${text}` : { gid };
});
