import { failWith } from "../change/failures.ts";
import { build, type Info } from "../cli/builder.ts";
import { ApiError } from "../cli/client.ts";
import { type Call, type Command, CommandError, complaint } from "../cli/command.ts";
import { Discovery } from "../cli/discovery.ts";
import { ALL_NAMESPACES, FILE_FLAGS, SELECTOR } from "../cli/select-flags.ts";
import { describerOf } from "../describe/registry.ts";
import { DescribeText } from "../describe/text.ts";
import { pathOf } from "../mapping.ts";

/** `kubectl describe`. Models kubectl pkg/cmd/describe. */
export const describe: Command = {
  name: "describe",
  use: "(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME) [options]",
  short: "Show details of a specific resource or group of resources",
  flags: [
    ALL_NAMESPACES,
    { name: "chunk-size", type: "int", default: "500", usage: "How many objects to ask for at once; 0 for all." },
    ...FILE_FLAGS,
    SELECTOR,
    { name: "show-events", type: "bool", default: "true", usage: "Tell the events about the object." },
  ],
  run: runDescribe,
};

async function runDescribe(call: Call): Promise<undefined> {
  const { flags, words, host, client } = call;
  if (words.length === 0 && flags.list("filename").length === 0 && flags.text("kustomize") === "") {
    throw complaint(
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.\n',
    );
  }
  const discovery = new Discovery(client);
  const built = await build(call, discovery, {
    words,
    filenames: flags.list("filename"),
    recursive: flags.on("recursive"),
    selector: flags.text("selector"),
    allNamespaces: flags.on("all-namespaces"),
    latest: true,
    typeMeansAll: true,
  });
  const { infos, problems } = built;
  const [problem] = problems;
  const [type = "", prefix] = words;
  if (problem instanceof ApiError && problem.reason === "NotFound" && words.length === 2 && prefix !== undefined) {
    return describeByPrefix(call, discovery, type, prefix, problem);
  }
  const showEvents = flags.changed("show-events")
    ? flags.on("show-events")
    : infos.length <= 1 && problems.length === 0;
  const failures = [...problems];
  let isFirst = true;
  for (const info of infos) {
    try {
      const text = await descriptionOf(call, info, showEvents);
      host.out(isFirst ? text : `\n\n${text}`);
      isFirst = false;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (!failures.some(({ message }) => message === error.message)) failures.push(error);
    }
  }
  if (infos.length === 0 && failures.length === 0) {
    const everywhere = flags.on("all-namespaces");
    host.err(everywhere ? "No resources found\n" : `No resources found in ${client.namespace} namespace.\n`);
  }
  failWith(failures);
  return undefined;
}

/** All objects whose name begins so; none of them, and it stays at what was wrong with the name. */
async function describeByPrefix(
  call: Call,
  discovery: Discovery,
  type: string,
  prefix: string,
  problem: CommandError,
): Promise<undefined> {
  const { infos } = await build(call, discovery, { words: [type], typeMeansAll: true });
  const fitting = infos.filter(({ name }) => name.startsWith(prefix));
  if (fitting.length === 0) throw problem;
  const { flags, host } = call;
  const showEvents = flags.changed("show-events") && flags.on("show-events");
  for (const info of fitting) host.out(`${await descriptionOf(call, info, showEvents)}\n`);
  return undefined;
}

async function descriptionOf(call: Call, { mapping, namespace, name }: Info, showEvents: boolean): Promise<string> {
  const { client, host, flags } = call;
  const { version, describe: write } = describerOf(mapping);
  const { body } = await client.get(pathOf({ ...mapping, version }, namespace, name));
  const out = new DescribeText();
  const chunkSize = flags.number("chunk-size");
  await write(body, { out, client, nowEpochMs: host.nowEpochMs(), showEvents, chunkSize });
  return out.toString();
}
