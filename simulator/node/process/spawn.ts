import { imageConfigOf } from "../files/image-family.ts";
import { lacksProgram } from "../files/lacks.ts";
import { programName } from "../images/command.ts";
import type { Outcome } from "../images/image.ts";
import { parseImageName } from "../images/image-name.ts";
import { behaviourOf } from "../images/registry.ts";
import type { RunningProgram } from "../program-world.ts";
import type { ContainerHost } from "./container-host.ts";
import { KNOWN } from "./known.ts";
import type { ShellFlavour } from "./port.ts";
import type { ContainerProcesses } from "./process.ts";
import { isProgram, pathOf } from "./programs.ts";
import { absolute } from "./redirections.ts";

/** Scripts that print nothing and touch nothing: their time and exit code are known without an interpreter. */
const SILENT =
  /^(?:\s*(?:sleep\s+[\w.]+|exit(?:\s+\d+)?|true|false|:|while\s+(?:true|:)|do|done|tail\s+-f\s+\/dev\/null)\s*(?:[;\n]|&&|\|\||$))+$/;
const SHELLS = new Set(["sh", "bash", "ash", "dash"]);
/** Programs that run what nobody here can read: as a container's main process they do what their image says. */
const INTERPRETERS = new Set(["python", "python3", "perl", "node", "ruby", "php", "java"]);
/** Images whose default command is a shell. */
const SHELL_IMAGES = /^docker\.io\/library\/(busybox|alpine|debian|ubuntu|bash)$/;

function isSilent(words: readonly string[]): boolean {
  const [name = ""] = words;
  if (SHELLS.has(programName(name))) {
    return words.length === 3 && words[1] === "-c" && SILENT.test(words[2]?.replace(/;\s*do\s+/g, "; ").trim() ?? "");
  }
  const program = programName(name);
  return /^(sleep|true|false|tail)$/.test(program) && SILENT.test([program, ...words.slice(1)].join(" "));
}

function isShellImage(image: string | undefined): boolean {
  const name = parseImageName(image ?? "");
  return name.ok && SHELL_IMAGES.test(name.value.name);
}

/**
 * The command line of a container whose main process needs processes here; undefined for the images' own servers, for what
 * nobody knows, and for what is known without looking: there are very many of those.
 */
export function mainWords(program: RunningProgram, words: readonly string[]): readonly string[] | undefined {
  const { spec } = program;
  if (words.length === 0) return isShellImage(spec.image) && spec.stdin === true ? ["sh"] : undefined;
  const { process, script } = behaviourOf(spec);
  if (script !== undefined) return ["sh", "-c", script];
  if (process !== undefined || (isSilent(words) && spec.stdin !== true)) return undefined;
  const [name = ""] = words;
  if (isShellImage(spec.image)) return words;
  if (INTERPRETERS.has(programName(name))) return undefined;
  if (KNOWN.has(programName(name))) return words;
  if (!name.includes("/")) return undefined;
  const text = program.world.files.read(name);
  return typeof text === "string" && text.startsWith("#!") ? words : undefined;
}

function flavourOf(spec: RunningProgram["spec"]): ShellFlavour {
  const { family } = imageConfigOf(spec);
  if (/(^|\/)bash(:|$)/.test(spec.image ?? "")) return "bash";
  return family === "busybox" || family === "alpine" ? "busybox" : "dash";
}

/** A container's processes before the first one. */
export function processesFor({ spec, world }: RunningProgram): ContainerProcesses {
  const config = imageConfigOf(spec);
  const { securityContext } = world.pod.spec;
  const uid = spec.securityContext?.runAsUser ?? securityContext?.runAsUser ?? config.uid;
  const gid = spec.securityContext?.runAsGroup ?? securityContext?.runAsGroup ?? (uid === config.uid ? config.gid : 0);
  return {
    flavour: flavourOf(spec),
    uid,
    gid,
    hostname: world.hostname,
    environment: world.env,
    cwd: spec.workingDir || config.workdir,
    main: (world.words ?? [programName(spec.image ?? "").split(":")[0]]).join(" "),
    nextPid: 1,
    nextPipe: 1,
    nextSession: 1,
    processes: [],
    pipes: [],
    sessions: [],
  };
}

/** What the image's own program finds out when it is run once more, where it looks at something and ends. */
export function ownOutcome({ spec, world }: RunningProgram, words: readonly string[]): Outcome | undefined {
  const image = parseImageName(spec.image ?? "");
  const own = image.ok ? image.value.path.slice(image.value.path.lastIndexOf("/") + 1) : "";
  if (own === "" || programName(words[0] ?? "") !== own) return undefined;
  return behaviourOf({ ...spec, command: words, args: [] }).atStart?.(world);
}

/** What the runtime says of a command line that it can't run. */
// Models opencontainers/runc libcontainer: the errors of exec
export function executableProblem(
  host: ContainerHost,
  words: readonly string[],
  checks: readonly string[],
  image = "",
): string | undefined {
  const [name = ""] = words;
  const lacks = lacksProgram(image, programName(name));
  if (name.includes("/")) {
    if (
      !lacks &&
      /^\/(?:usr\/(?:local\/)?)?s?bin\/[^/]+$/.test(name) &&
      (KNOWN.has(programName(name)) || isProgram(name))
    )
      return undefined;
    const stat = host.files.stat(absolute(host.all.cwd, name), true);
    if (stat === undefined) return `exec: "${name}": stat ${name}: no such file or directory`;
    return stat.kind === "directory" || (stat.mode & 0o111) === 0 ? `exec: "${name}": permission denied` : undefined;
  }
  if (lacks && !checks.includes(name)) return `exec: "${name}": executable file not found in $PATH`;
  if (KNOWN.has(name) || isProgram(name) || checks.includes(name)) return undefined;
  const path = pathOf(host.files, { cwd: host.all.cwd, variables: host.all.environment }, name);
  return path === undefined ? `exec: "${name}": executable file not found in $PATH` : undefined;
}
