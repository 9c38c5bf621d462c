import type { JsonObject } from "../../simulator/base/json.ts";
import { ShellDriver } from "../../simulator/shell/driver.ts";
import { TestCluster, Timeline } from "../simulator/metrics/cluster.ts";

/** A whole cluster that is watched second by second: what is told of it becomes lines of a timeline. */
export class Story {
  readonly cluster: TestCluster;
  readonly timeline = new Timeline();
  readonly #driver: ShellDriver;
  readonly #startMs: number;
  readonly #tell: (story: Story) => string;

  constructor(tell: (story: Story) => string, options: ConstructorParameters<typeof TestCluster>[0] = {}) {
    this.cluster = new TestCluster(options);
    this.#driver = new ShellDriver(this.cluster.simulation);
    this.#startMs = this.cluster.nowMs;
    this.#tell = tell;
  }

  get seconds(): number {
    return (this.cluster.nowMs - this.#startMs) / 1000;
  }

  get lines(): readonly string[] {
    return this.timeline.lines;
  }

  /** Looks at what is there just now. */
  look(): void {
    this.timeline.note(this.seconds, this.#tell(this));
  }

  /** Lets so many seconds pass, looking once a second. */
  async watch(seconds: number): Promise<void> {
    for (let passed = 0; passed < seconds; passed++) {
      await this.#driver.advanceTo(this.cluster.nowMs + 1000);
      this.look();
    }
  }

  /** Lets time pass until something is so. */
  async watchUntil(isSo: () => boolean, atMostSeconds = 600): Promise<void> {
    for (let passed = 0; passed < atMostSeconds && !isSo(); passed++) await this.watch(1);
    if (!isSo()) throw new Error(`not so after ${atMostSeconds} s:\n${this.lines.join("\n")}`);
  }

  create(path: string, body: JsonObject): void {
    this.timeline.note(this.seconds, `create ${body.kind ?? ""} ${(body.metadata as { name: string }).name}`);
    this.cluster.create(path, body);
  }

  patch(path: string, body: JsonObject): number {
    const { code } = this.cluster.ask("PATCH", path, body);
    this.timeline.note(this.seconds, `patch ${path.split("/").slice(-2).join("/")} ${JSON.stringify(body)}: ${code}`);
    return code;
  }

  get<T>(path: string): T {
    return this.cluster.get<T>(path);
  }

  /** The items of a list. */
  list<T>(path: string): readonly T[] {
    return this.get<{ items: readonly T[] }>(path).items;
  }

  print(title: string): void {
    this.timeline.print(title);
  }
}
