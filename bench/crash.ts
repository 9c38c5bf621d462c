import { crashRounds } from "./crash-rounds.ts";

// `npm run crash`: kill -9 in the middle of 1,000 writes, 20 times over; fails when an acknowledged write is lost.
const ROUNDS = 20;
const WRITES = 1000;

let number = 0;
const rounds = await crashRounds(ROUNDS, WRITES, ({ acknowledged, restartMs, lost }) => {
  number++;
  const what = lost.length === 0 ? "nothing lost" : `LOST ${lost.join("; ")}`;
  process.stdout.write(
    `round ${number}: ${acknowledged} acknowledged, up again in ${restartMs.toFixed(0)} ms, ${what}\n`,
  );
});
const total = rounds.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
const losses = rounds.filter(({ lost }) => lost.length > 0).length;
process.stdout.write(`${total} acknowledged writes, ${losses} of ${ROUNDS} rounds with losses\n`);
process.exitCode = losses > 0 ? 1 : 0;
