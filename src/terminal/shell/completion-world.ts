import type { IFileSystem } from "./library.ts";
import type { ClusterWorld } from "./world.ts";

/** What completion looks at. */
export interface CompletionWorld {
  readonly cluster: ClusterWorld;
  readonly files: IFileSystem;
  readonly folder: string;
  readonly home: string;
  readonly commands: readonly string[];
  readonly namespace: string;
  readonly contexts: readonly string[];
}

/** Names of all objects of a collection. */
export async function namesOf({ cluster }: CompletionWorld, path: string): Promise<readonly string[]> {
  const { body } = await cluster.request({ method: "GET", path });
  const items = Array.isArray(body.items) ? body.items : [];
  return items.flatMap((item) => {
    const { metadata } = item as { readonly metadata?: { readonly name?: string } };
    return metadata?.name === undefined ? [] : [metadata.name];
  });
}
