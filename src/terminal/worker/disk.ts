import { openDB } from "idb";
import { InMemoryFs } from "just-bash/browser";
import { examples } from "../../deeds/examples.ts";
import { HOME, KUBECONFIG } from "../shell/home.ts";

const DATABASE = "tabernetes-terminal";
const STORE = "files";
const KEY = "disk";

interface KeptFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
}

const README = `This folder is yours: what is in it stays over a reload.

manifests/ holds some to begin with:

  kubectl apply -f manifests/deployment.yaml
  kubectl get pods -w

help tells what else the shell can do.
`;

/** The files that a new shell finds. */
function firstFiles(): Record<string, string> {
  const manifests = examples.map(({ id, text }) => [`${HOME}/manifests/${id}.yaml`, text]);
  return {
    [`${HOME}/README`]: README,
    [`${HOME}/.kube/config`]: KUBECONFIG,
    "/etc/hostname": "tabernetes\n",
    "/tmp/.keep": "",
    ...Object.fromEntries(manifests),
  };
}

const database = () => openDB(DATABASE, 1, { upgrade: (db) => void db.createObjectStore(STORE) });

/** The virtual disk of the tab's shells; kept in the browser's storage. */
export class Disk {
  readonly files: InMemoryFs;
  #kept = "";

  private constructor(files: InMemoryFs) {
    this.files = files;
  }

  static async open(): Promise<Disk> {
    try {
      const kept = (await (await database()).get(STORE, KEY)) as readonly KeptFile[] | undefined;
      if (kept !== undefined && kept.length > 0) {
        const disk = new Disk(
          new InMemoryFs(Object.fromEntries(kept.map(({ path, bytes, mode }) => [path, { content: bytes, mode }]))),
        );
        disk.#kept = await disk.#marks();
        return disk;
      }
    } catch (error) {
      console.warn("The shell's files could not be read:", error);
    }
    return new Disk(new InMemoryFs(firstFiles()));
  }

  /** Keeps what has changed. */
  async keep(): Promise<void> {
    try {
      const marks = await this.#marks();
      if (marks === this.#kept) return;
      const all: KeptFile[] = [];
      for (const path of this.#paths()) {
        const { isFile, mode } = await this.files.stat(path);
        if (isFile) all.push({ path, bytes: await this.files.readFileBuffer(path), mode });
      }
      await (await database()).put(STORE, all, KEY);
      this.#kept = marks;
    } catch (error) {
      console.warn("The shell's files could not be kept:", error);
    }
  }

  /** The interpreter's own files are made anew each time. */
  #paths(): string[] {
    return this.files.getAllPaths().filter((path) => !/^\/(dev|proc|bin|usr|sys)(\/|$)/.test(path));
  }

  async #marks(): Promise<string> {
    const marks: string[] = [];
    for (const path of this.#paths()) {
      const { isFile, size, mtime, mode } = await this.files.lstat(path);
      if (isFile) marks.push(`${path} ${size} ${mtime.getTime()} ${mode}`);
    }
    return marks.join("\n");
  }
}
