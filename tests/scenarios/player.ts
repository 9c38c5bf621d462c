import { perform, type Scenario, ScenarioRunner, type ScenarioView, Simulation } from "../../simulator/index.ts";

/** Virtual milliseconds between two looks of the runner. */
const LOOK_EVERY_MS = 2000;

/** A learner who plays a scenario in a cluster of their own. */
export class Player {
  readonly simulation = Simulation.start({ seed: 7 });
  readonly runner: ScenarioRunner;
  readonly #scenario: Scenario;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.runner = new ScenarioRunner(scenario, {
      request: async (request) => this.simulation.request(request),
      watch: (request) => this.simulation.watch(request),
    });
  }

  /** Lets virtual time pass, looking on the way. */
  async wait(ms: number): Promise<ScenarioView> {
    const end = this.simulation.nowMs + ms;
    while (this.simulation.nowMs < end) {
      this.simulation.advanceTo(Math.min(end, this.simulation.nowMs + LOOK_EVERY_MS));
      await this.runner.look();
    }
    return this.runner.look();
  }

  /** Does an action, and throws what kubectl says when it is refused. */
  async act(action: Scenario["solution"][number]["action"]): Promise<void> {
    if (action === undefined) return;
    const request = async (each: Parameters<Simulation["request"]>[0]) => this.simulation.request(each);
    const { exit, stderr } = await perform(request, this.#scenario, action, async (ms) => {
      this.simulation.advanceTo(this.simulation.nowMs + ms);
    });
    if (exit !== 0) throw new Error(stderr.join("\n"));
  }

  /** Ids of the steps that are ticked off. */
  get done(): readonly string[] {
    return this.runner.view.steps.filter(({ state }) => state === "done").map(({ id }) => id);
  }
}
