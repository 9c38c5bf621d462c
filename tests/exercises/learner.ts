import * as library from "just-bash";
import { LocalCluster } from "../../server/shell/local-cluster.ts";
import { HOME, KUBECONFIG } from "../../src/terminal/shell/home.ts";
import { LocalPorts } from "../../src/terminal/shell/local-ports.ts";
import { Shell } from "../../src/terminal/shell/shell.ts";
import type { Screen } from "../../src/terminal/shell/world.ts";

/** A person stops what goes on by itself after so long, on the cluster's clock. */
const PATIENCE_MS = 200_000;
/** Before the next command. */
const READING_MS = 8000;
/** Between two lines that are typed into a container. */
const TYPING_MS = 700;

export interface Done {
  readonly line: string;
  readonly exit: number;
  readonly output: string;
  /** Ended by Ctrl-C. */
  readonly stopped: boolean;
}

/** One who works at a shell beside a cluster of their own: types lines, edits what an editor shows, stops what goes on. */
export class Learner {
  readonly #cluster: LocalCluster;
  readonly #files = new library.InMemoryFs({ [`${HOME}/.kube/config`]: KUBECONFIG, "/tmp/.keep": "" });
  readonly #shell: Shell;
  #heard = "";
  #hear: ((bytes: string) => void) | undefined;
  /** What the next editor leaves instead of what it is shown. */
  edited: ((text: string) => string) | undefined;

  private constructor(cluster: LocalCluster) {
    this.#cluster = cluster;
    const common = { cluster, files: this.#files, library, folder: HOME, home: HOME, ports: new LocalPorts() };
    this.#shell = new Shell({ ...common, screen: this.#screen() });
  }

  static async sitDown(): Promise<Learner> {
    return new Learner(await LocalCluster.start({ seed: 1, workers: 3, pace: "virtual" }));
  }

  leave(): void {
    this.#cluster.close();
  }

  isWhole(text: string): boolean {
    return this.#shell.isWhole(text);
  }

  has(file: string): Promise<boolean> {
    return this.#files.exists(`${HOME}/${file}`);
  }

  write(file: string, text: string): Promise<void> {
    return this.#files.writeFile(`${HOME}/${file}`, text);
  }

  /** Runs a line; `typed` are lines for what it starts. What has not ended after a while is stopped. */
  async run(line: string, typed: readonly string[] = []): Promise<Done> {
    this.#heard = "";
    let isOver = false;
    let stopped = false;
    const running = this.#shell.run(line).finally(() => {
      isOver = true;
    });
    const isTyped = this.#type([...typed], () => isOver);
    void this.#cluster.wait(PATIENCE_MS).then(() => {
      if (isOver) return;
      stopped = true;
      this.#hear?.("\u0003");
      this.#shell.interrupt();
    });
    const exit = await running;
    await isTyped;
    await this.#cluster.wait(READING_MS);
    return { line, exit, output: this.#heard, stopped };
  }

  async #type(lines: string[], isOver: () => boolean): Promise<void> {
    while (lines.length > 0 && !isOver()) {
      await this.#cluster.wait(TYPING_MS);
      if (this.#hear !== undefined) for (const key of `${lines.shift()}\r`) this.#hear(key);
    }
  }

  #screen(): Screen {
    return {
      out: (text) => {
        this.#heard += text;
      },
      drawn: async () => {},
      columns: 120,
      rows: 40,
      raw: (hear) => {
        this.#hear = hear;
        return () => {
          this.#hear = undefined;
        };
      },
      onResize: () => () => {},
      line: async () => undefined,
      edit: async (text) => {
        const edit = this.edited;
        this.edited = undefined;
        return edit === undefined ? text : edit(text);
      },
      download: () => {},
    };
  }
}
