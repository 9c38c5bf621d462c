import { flag } from "./flags.ts";
import type { Outcome } from "./image.ts";
import type { ProgramWorld } from "./program.ts";

// Models test/images/agnhost/mounttest
const CONTENT = "mount-tester new file\n";
const MODES: readonly (readonly [string, number])[] = [
  ["new_file_0644", 0o644],
  ["new_file_0666", 0o666],
  ["new_file_0660", 0o660],
  ["new_file_0777", 0o777],
];

/** `-rw-r--r--`, `drwxrwxrwx`, `Lrwxrwxrwx`: Go's words for a mode. */
function modeText(kind: string, mode: number): string {
  const letters = "rwxrwxrwx";
  const bits = [...letters].map((letter, at) => ((mode >> (8 - at)) & 1 ? letter : "-")).join("");
  const sticky = (mode & 0o1000) !== 0 ? "t" : "";
  const setgid = (mode & 0o2000) !== 0 ? "g" : "";
  const first = `${kind === "directory" ? "d" : kind === "link" ? "L" : ""}${setgid}${sticky}`;
  return `${first || "-"}${bits}`;
}

/** What a path's file system is called in the words of the test image. */
function fsType({ pod, container }: ProgramWorld, path: string): string {
  const mount = (container.volumeMounts ?? []).find(({ mountPath }) => path.startsWith(mountPath));
  const volume = pod.spec.volumes?.find(({ name }) => name === mount?.name);
  const inMemory =
    volume?.emptyDir?.medium === "Memory" || volume?.secret !== undefined || volume?.projected !== undefined;
  return inMemory ? "tmpfs" : "ext4";
}

/** Looks at files as its flags say, prints what it finds, and ends. */
export function mounttest(world: ProgramWorld): Outcome {
  const lines: string[] = [];
  let failed = false;
  const { files, words } = world;
  const say = (text: string, bad = false) => {
    lines.push(text);
    failed ||= bad;
  };
  const content = (path: string) => {
    const bytes = files.read(path);
    if (typeof bytes === "string") say(`content of file "${path}": ${bytes}`);
    else say(`error reading file content for "${path}": open ${path}: ${bytes.message.toLowerCase()}`, true);
  };
  const withPath = (name: string, act: (path: string) => void) => {
    const path = flag(words, name);
    if (path) act(path);
  };
  withPath("fs_type", (path) => say(`mount type of "${path}": ${fsType(world, path)}`));
  for (const [name, mode] of MODES) {
    withPath(name, (path) => {
      const problem = files.write(path, CONTENT, mode);
      if (problem === undefined) content(path);
      else say(`error writing new file "${path}": open ${path}: ${problem.message.toLowerCase()}`, true);
    });
  }
  const stat = (what: string, follow: boolean) => (path: string) => {
    const found = files.stat(path, follow);
    if (found === undefined)
      say(
        `error with file ${what === "mode" ? "mode" : "permissions"} "${path}": lstat ${path}: no such file or directory`,
        true,
      );
    else if (what === "mode") say(`mode of file "${path}": ${modeText(found.kind, found.mode)}`);
    else say(`perms of file "${path}": ${modeText("file", found.mode & 0o777)}`);
  };
  withPath("file_mode", stat("mode", false));
  withPath("file_perm", stat("perm", true));
  withPath("file_content", content);
  withPath("file_content_in_loop", content);
  // What a file says may end with a line end of its own: the log has lines.
  const output = lines.map((line) => line.replace(/\n$/, ""));
  return { exitCode: failed ? 1 : 0, afterMs: 60, stream: "stdout", lines: output };
}
