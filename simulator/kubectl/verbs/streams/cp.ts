import type { Pod } from "../../../api/schema/generated/types.ts";
import { bytesOfText, textOfBytes } from "../../../node/files/bytes.ts";
import { type Call, type Command, complaint } from "../../cli/command.ts";
import { chosenContainer } from "../../cli/pods.ts";
import { urlPart } from "../../mapping.ts";
import { told } from "./exec.ts";
import { runRemote } from "./remote.ts";

interface Spec {
  /** Empty for a file here. */
  readonly pod: string;
  readonly namespace: string;
  readonly file: string;
}

/** `kubectl cp`, of single files. Models kubectl pkg/cmd/cp. */
export const cp: Command = {
  name: "cp",
  use: "<file-spec-src> <file-spec-dest> [options]",
  short: "Copy files and directories to and from containers",
  flags: [
    { name: "container", short: "c", type: "string", default: "", usage: "The container." },
    { name: "no-preserve", type: "bool", default: "false", usage: "Taken for the sake of scripts." },
    { name: "retries", type: "int", default: "0", usage: "Taken for the sake of scripts." },
  ],
  run: runCp,
};

function specOf(text: string): Spec {
  const cut = text.indexOf(":");
  if (cut < 0) return { pod: "", namespace: "", file: text };
  const place = text.slice(0, cut).split("/");
  const file = text.slice(cut + 1);
  const [first = "", second] = place;
  if (first === "" || place.length > 2) {
    throw complaint("filespec must match the canonical format: [[namespace/]pod:]file/path");
  }
  return second === undefined ? { pod: first, namespace: "", file } : { pod: second, namespace: first, file };
}

async function runCp(call: Call): Promise<number> {
  const [from, to, ...more] = call.words;
  if (from === undefined || to === undefined || more.length > 0) throw complaint("source and destination are required");
  const [source, target] = [specOf(from), specOf(to)];
  if (source.pod !== "" && target.pod !== "") throw complaint("one of src or dest must be a local file specification");
  if (source.file === "" || target.file === "") throw complaint("filepath can not be empty");
  if (source.pod === "" && target.pod === "") throw complaint("one of src or dest must be a remote file specification");
  return source.pod === "" ? upload(call, source.file, target) : download(call, source, target.file);
}

/** The pod of a spec, and a container in it. */
async function placeOf(call: Call, spec: Spec): Promise<{ namespace: string; pod: string; container: string }> {
  const namespace = spec.namespace || call.client.namespace;
  const path = `/api/v1/namespaces/${urlPart(namespace)}/pods/${urlPart(spec.pod)}`;
  const pod = (await call.client.get(path)).body as unknown as Pod;
  const { container } = chosenContainer(call, pod, call.flags.text("container"), false);
  return { namespace, pod: spec.pod, container: container.name };
}

async function upload(call: Call, file: string, target: Spec): Promise<number> {
  const { files } = call.host;
  const read = files.readBytes === undefined ? await files.read(file) : await files.readBytes(file);
  if (!read.ok) throw complaint(`${file} doesn't exist in local filesystem`);
  const input = files.readBytes === undefined ? bytesOfText(read.value) : read.value;
  const place = await placeOf(call, target);
  const base = file.slice(file.lastIndexOf("/") + 1);
  const script = 'if [ -d "$0" ]; then cat > "$0/$1"; else cat > "$0"; fi';
  const command = ["sh", "-c", script, target.file, base];
  return told(runRemote(call, { ...place, command, stdin: true, tty: false, stderr: true, input }));
}

async function download(call: Call, source: Spec, file: string): Promise<number> {
  const { files } = call.host;
  const place = await placeOf(call, source);
  let bytes = "";
  const hear = (more: string) => {
    bytes += more;
  };
  const command = ["cat", source.file];
  const exit = await told(runRemote(call, { ...place, command, stdin: false, tty: false, stderr: true, hear }));
  const isFolder = (await files.list(file)) !== undefined;
  const path = isFolder ? `${file.replace(/\/$/, "")}/${source.file.slice(source.file.lastIndexOf("/") + 1)}` : file;
  const done =
    files.writeBytes === undefined ? await files.write(path, textOfBytes(bytes)) : await files.writeBytes(path, bytes);
  if (!done.ok) throw complaint(`open ${path}: ${done.error}`);
  return exit;
}
