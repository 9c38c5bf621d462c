import type { OwnCommand, Run } from "./command.ts";

const TAKES_VALUE =
  /^(-[XHdFuAebcoTwmx]|--(request|header|data|data-raw|data-binary|form|user|output|max-time|connect-timeout|write-out|retry|resolve|cookie|referer|user-agent))$/;

/** `curl`, over the cluster's network. Addresses without a scheme are HTTP, as curl itself has it. */
async function curl(run: Run): Promise<number> {
  const words = run.words.map((word, at, all) => {
    const isAddress = !word.startsWith("-") && !TAKES_VALUE.test(all[at - 1] ?? "") && !/^\w+:\/\//.test(word);
    return isAddress ? `http://${word}` : word;
  });
  await run.cluster.sync();
  const { stdout, stderr, exitCode } = await run.original(words);
  run.out(stdout);
  // The interpreter's curl calls every failure of the network (1); which it was stands in its text.
  const problem = /^curl: \(1\) \((\d+)\) (.*)$/m.exec(stderr);
  run.err(problem === null ? stderr : `curl: (${problem[1]}) ${problem[2]}\n`);
  if (problem !== null) return Number(problem[1]);
  return exitCode === 1 && stderr === "" && stdout === "" ? 7 : exitCode;
}

export const curlCommand: OwnCommand = { name: "curl", run: curl };
