import { afterAll, describe, expect, it } from "vitest";
import { referenceFolder } from "../../reference.ts";
import { playScheduling, recordedScheduling, SCHEDULING_TOPICS } from "./recorded.ts";

const folder = referenceFolder();

describe.skipIf(folder === undefined)("as the recorded scheduler decided", () => {
  const tally: string[] = [];
  afterAll(() => console.info(tally.join("\n")));

  for (const topic of SCHEDULING_TOPICS) {
    const cases = recordedScheduling(folder ?? "", topic);
    tally.push(`${topic}: ${cases.length} played`);
    describe(topic, () => {
      for (const one of cases) it(one.name, () => expect(playScheduling(one)).toEqual([]));
    });
  }
});
