import type { Status } from "../../api/errors.ts";
import { keyOf } from "../../api/object.ts";
import {
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  type PersistentVolume,
  type PersistentVolumeClaim,
} from "../../api/refs.ts";
import type { Change } from "../../api/store.ts";
import { claimKeyOfVolume } from "../../api/volumes/claims.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import {
  type Controller,
  type Outcome,
  type Reconciler,
  type WatchRule,
  watchRule,
} from "../../controller-runtime/controller.ts";
import { syncClaim } from "./claim.ts";
import { syncVolume } from "./volume.ts";

/** Everything that is not settled is looked at this often (the controller manager's --pvclaimbinder-sync-period). */
const RESYNC_MS = 15_000;

const CLAIM = "claim:";
const VOLUME = "volume:";

// Models pkg/controller/volume/persistentvolume
/** Binds claims to volumes, and does with released volumes what their policy says. Keys: `claim:ns/name`, `volume:name`. */
export const persistentVolumeBinder: Controller = {
  name: "persistentvolume-binder-controller",
  eventSource: "persistentvolume-controller",
  watches: [],
  create: (context) => new Binder(context),
};

/** The claim; of one that is gone the volume, which is free now. */
function keysOfClaim({ type, object }: Change<PersistentVolumeClaim>): readonly string[] {
  if (type !== "DELETED") return [CLAIM + keyOf(object)];
  return object.spec.volumeName ? [VOLUME + object.spec.volumeName] : [];
}

/** The volume; of one that is gone the claim, which is lost. */
function keysOfVolume({ type, object }: Change<PersistentVolume>): readonly string[] {
  if (type !== "DELETED") return [VOLUME + object.metadata.name];
  const claim = claimKeyOfVolume(object);
  return claim === undefined ? [] : [CLAIM + claim];
}

class Binder implements Reconciler {
  readonly #context: ComponentContext;
  /** What it writes itself is no news to it: both halves of a binding are dealt with in one look. */
  #isWriting = false;
  readonly watches: readonly WatchRule[] = [
    watchRule(PERSISTENT_VOLUME_CLAIMS, (change) => (this.#isWriting ? [] : keysOfClaim(change))),
    watchRule(PERSISTENT_VOLUMES, (change) => (this.#isWriting ? [] : keysOfVolume(change))),
  ];

  constructor(context: ComponentContext) {
    this.#context = context;
  }

  start(): void {
    this.#context.send({ tick: "resync" }, RESYNC_MS);
  }

  /** A volume that came after its claim is found now: nothing else makes a claim look again. */
  tick(): void {
    const { cache, because } = this.#context;
    this.#context.send({ tick: "resync" }, RESYNC_MS);
    for (const phase of ["Released", "Failed", "Pending"]) {
      for (const volume of [...cache.byIndex(PERSISTENT_VOLUMES, "phase", phase)]) {
        because(VOLUME + volume.metadata.name);
        this.reconcile(VOLUME + volume.metadata.name);
      }
    }
    for (const claim of [...cache.byIndex(PERSISTENT_VOLUME_CLAIMS, "phase", "Pending")]) {
      because(CLAIM + keyOf(claim));
      this.reconcile(CLAIM + keyOf(claim));
    }
  }

  reconcile(key: string): Outcome {
    this.#isWriting = true;
    const failed = this.#sync(key);
    this.#isWriting = false;
    // What is gone meanwhile needs nothing.
    return failed === undefined || failed.code === 404 ? undefined : { failed };
  }

  #sync(key: string): Status | undefined {
    const { cache } = this.#context;
    if (key.startsWith(CLAIM)) {
      const claim = cache.get(PERSISTENT_VOLUME_CLAIMS, key.slice(CLAIM.length));
      return claim && syncClaim(this.#context, claim);
    }
    const volume = cache.get(PERSISTENT_VOLUMES, key.slice(VOLUME.length));
    return volume && syncVolume(this.#context, volume);
  }
}
