import { session } from "../store/connect.ts";
import { setUi, toast } from "../store/ui.ts";

/** Throws the cluster away, if the person agrees, and begins another one. The editor's text stays. */
export async function beginAnew(workers?: number): Promise<void> {
  if (!window.confirm("Begin anew? The present cluster and all in it will be gone.")) return;
  setUi({ selection: undefined, done: [], view: "cluster" });
  try {
    await session().restart(workers === undefined ? {} : { workers });
  } catch (error) {
    toast("error", error instanceof Error ? error.message : String(error));
  }
}
