import { ArrowRight } from "lucide-react";
import { actionsFor } from "../deeds/actions.ts";
import { starter } from "../deeds/examples.ts";
import { applyText, loadExample, setText, useEditor } from "../deeds/manifest.ts";
import { fault, remove, scale, setClock } from "../deeds/requests.ts";
import { send } from "../deeds/run.ts";
import { useCluster, useSlowly } from "../store/cluster.ts";
import { markDone, select, setUi, useUi } from "../store/ui.ts";
import controls from "../widgets/controls.module.css";
import { Explained } from "../widgets/Explained.tsx";
import { type GuideDeed, guide } from "./guide.ts";
import classes from "./NextStep.module.css";

const LESSONS = JSON.stringify({ do: "lessons" } satisfies GuideDeed);

/** One sentence and one button: the next thing to try. */
export function NextStep() {
  const done = useUi((state) => state.done);
  const lessonsInSight = useUi((state) => state.leftOpen && state.left === "lessons");
  // It looks at many pods. The deed is compared as text: its object is a new one every time.
  const next = useSlowly((state) => {
    if (!state.ready) return { say: "The cluster is starting.", label: undefined, deed: "" };
    const { say, label, deed } = guide(state, done);
    return { say, label, deed: deed ? JSON.stringify(deed) : "" };
  }, done.join(" "));
  return (
    <div className={classes.strip}>
      <p className={classes.say}>
        <Explained text={next.say} />
      </p>
      {next.label && !(lessonsInSight && next.deed === LESSONS) && (
        <button
          type="button"
          className={`${controls.button} ${controls.primary} ${classes.button}`}
          onClick={() => perform(JSON.parse(next.deed) as GuideDeed)}
        >
          {next.label}
          <ArrowRight size={14} />
        </button>
      )}
    </div>
  );
}

function perform(deed: GuideDeed): void {
  switch (deed.do) {
    case "apply-starter":
      applyStarter();
      return;
    case "delete-pod":
      markDone("delete-Pod");
      select(deed.ref);
      void send(remove(deed.ref));
      return;
    case "stop-node":
      markDone("node-fault");
      select(deed.ref);
      void send(fault("NodeCrash", { kind: "Node", name: deed.ref.key }));
      return;
    case "heal-node":
      for (const action of actionsFor(useCluster.getState(), deed.ref)) if (action.id.startsWith("heal-")) action.run();
      return;
    case "speed":
      void send(setClock({ speed: deed.speed, paused: false }));
      return;
    case "scale":
      markDone("scale");
      void send(scale(deed.ref, deed.to));
      return;
    case "expose":
      markDone("expose");
      loadExample("service");
      return;
    case "lessons":
      setUi({ left: "lessons", leftOpen: true, narrowPage: "lessons" });
  }
}

/** Applies what stands in the editor; text of the person's own is never thrown away for the starter. */
function applyStarter(): void {
  if (useEditor.getState().text.trim() === "") setText(starter);
  setUi({ view: "cluster", narrowPage: "map" });
  void applyText().then(() => {
    const failed = useEditor.getState().result?.results.some((item) => !item.ok);
    if (failed) setUi({ left: "editor", leftOpen: true, narrowPage: "editor" });
  });
}
