import type { ShellWorld } from "../../index.ts";

/** The name of a user (/etc/passwd) or a group (/etc/group), or the number where it has none. */
export function accountOf(world: ShellWorld, file: "/etc/passwd" | "/etc/group", id: number, numeric = false): string {
  const text = world.files.read(file);
  const lines = numeric || typeof text !== "string" ? [] : text.split("\n");
  const named = lines.map((line) => line.split(":")).find((parts) => parts[2] === String(id))?.[0];
  return named ?? (id === 0 && !numeric ? "root" : String(id));
}
