import { flag, numberFlag } from "./flags.ts";
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

/** The script that it is when it is to read a file again and again: a file may change under it. */
export function readInLoop(words: readonly string[]): string | undefined {
  const path = flag(words, "file_content_in_loop");
  if (!path) return undefined;
  const rounds = Math.ceil(numberFlag(words, 180, "retry_time") / 2);
  const file = `'${path.replaceAll("'", `'\\''`)}'`;
  const breaks = flag(words, "break_on_expected_content") !== "false";
  const expects = `if [ "$(cat ${file})" = 'mount-tester new file' ]; then exit 0; fi
printf 'Unexpected content. Expected: mount-tester new file\n. Retrying'`;
  return `for round in $(seq ${rounds}); do
if [ -r ${file} ]; then
printf 'content of file "%s": %s\n' ${file} "$(cat ${file})"
${breaks ? expects : ":"}
else
printf 'Error reading file %s: open %s: no such file or directory, retrying\n' ${file} ${file}
fi
sleep 2
done`;
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
  const stat = (what: string) => (path: string) => {
    const found = files.stat(path, true);
    if (found === undefined)
      say(
        `error with file ${what === "mode" ? "mode" : "permissions"} "${path}": stat ${path}: no such file or directory`,
        true,
      );
    else if (what === "mode") say(`mode of file "${path}": ${modeText(found.kind, found.mode)}`);
    else say(`perms of file "${path}": ${modeText("file", found.mode & 0o777)}`);
  };
  withPath("file_mode", stat("mode"));
  withPath("file_perm", stat("perm"));
  withPath("file_owner", (path) => {
    const found = files.stat(path, true);
    if (found === undefined) say(`error with file owner "${path}": stat ${path}: no such file or directory`, true);
    else lines.push(`owner UID of "${path}": ${found.uid ?? 0}`, `owner GID of "${path}": ${found.gid ?? 0}`);
  });
  withPath("file_content", content);
  // What a file says may end with a line end of its own: the log has lines.
  const output = lines.map((line) => line.replace(/\n$/, ""));
  return { exitCode: failed ? 1 : 0, afterMs: 60, stream: "stdout", lines: output };
}
