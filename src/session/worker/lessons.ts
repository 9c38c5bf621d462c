import names from "../../../scenarios/registry.json";
import {
  type Action,
  loadScenario,
  perform,
  type SavedRun,
  type Scenario,
  type ScenarioFiles,
  ScenarioRunner,
  type ScenarioView,
} from "../../../simulator/index.ts";
import type { LessonInfo } from "../session.ts";
import type { Cluster } from "./cluster.ts";

/** The texts of all scenarios; the registry says which there are, and in what order. */
const texts = import.meta.glob<string>("../../../scenarios/*/*.yaml", {
  query: "?raw",
  import: "default",
  eager: true,
});

const LOOK_EVERY_MS = 250;

/** The lessons, and the one being played. */
export class LessonPlayer {
  readonly #cluster: Cluster;
  readonly #scenarios: readonly Scenario[];
  #runner: ScenarioRunner | undefined;
  #looking = false;
  #lookedAt = 0;
  #told = "";

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#scenarios = readScenarios();
  }

  list(): readonly LessonInfo[] {
    return this.#scenarios.map(({ name, title, summary, minutes, steps }) => ({
      name,
      title,
      summary,
      minutes,
      steps: steps.map(({ id, title: heading, text, hint, action }) => ({
        id,
        title: heading,
        text,
        ...(hint === undefined ? {} : { hint }),
        ...(action === undefined ? {} : { action: action.label }),
      })),
    }));
  }

  begin(name: string, saved?: SavedRun): void {
    const scenario = this.#scenarios.find((item) => item.name === name);
    this.#runner = scenario && new ScenarioRunner(scenario, this.#door(), saved);
    this.#told = "";
    this.#lookedAt = 0;
  }

  leave(): void {
    this.#runner = undefined;
    this.#told = "";
  }

  save(): SavedRun | undefined {
    return this.#runner?.save();
  }

  /** Does a step's action as kubectl would; answers with what it complained of. */
  async act(step: string): Promise<string | undefined> {
    const scenario = this.#runner?.scenario;
    const action: Action | undefined = scenario?.steps.find(({ id }) => id === step)?.action;
    if (!scenario || !action) return undefined;
    const wait = (ms: number) => this.#cluster.waitVirtual(ms);
    const { exit, stderr } = await perform(this.#door().request, scenario, action, wait);
    return exit === 0 ? undefined : stderr.join("\n");
  }

  /** Looks at the cluster now and then; gives the view when it is not the one told before, null when there is none. */
  news(wall: number): ScenarioView | null | undefined {
    const runner = this.#runner;
    if (runner && !this.#looking && wall - this.#lookedAt > LOOK_EVERY_MS) {
      this.#looking = true;
      this.#lookedAt = wall;
      // A look that fails says so in the view; anything else is a broken simulation, which the cluster tells.
      runner
        .look()
        .catch(console.error)
        .finally(() => {
          this.#looking = false;
        });
    }
    const view = runner?.view ?? null;
    const text = JSON.stringify(view);
    if (text === this.#told) return undefined;
    this.#told = text;
    return view;
  }

  /** The next news tells how it stands, whether told before or not. */
  reset(): void {
    this.#told = "";
  }

  #door() {
    const cluster = this.#cluster;
    return {
      request: async (request: Parameters<Cluster["request"]>[0]) => cluster.request(request),
      watch: (request: Parameters<Cluster["watch"]>[0]) => cluster.watch(request),
    };
  }
}

function readScenarios(): readonly Scenario[] {
  const folder = "/scenarios/";
  const files: ScenarioFiles = Object.fromEntries(
    Object.entries(texts).map(([path, text]) => [path.slice(path.indexOf(folder) + folder.length), text]),
  );
  const scenarios: Scenario[] = [];
  for (const name of names) {
    const read = loadScenario(name, files);
    if (read.ok) scenarios.push(read.value);
    else console.error(`The lesson ${name} can't be read:`, read.error);
  }
  return scenarios;
}
