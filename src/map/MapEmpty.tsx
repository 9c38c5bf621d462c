import { loadExample } from "../deeds/manifest.ts";
import { useUi } from "../store/ui.ts";
import controls from "../widgets/controls.module.css";
import classes from "./Map.module.css";

export function WorkloadsEmpty() {
  const namespace = useUi((state) => state.namespace);
  return (
    <div className={classes.empty}>
      <p>
        {namespace === ""
          ? "No workloads yet. System namespaces show when you choose them in the filter."
          : `No workloads in ${namespace}.`}
      </p>
      <button
        type="button"
        className={`${controls.button} ${controls.primary}`}
        onClick={() => loadExample("deployment")}
      >
        Open the Deployment in the editor
      </button>
    </div>
  );
}

export function TrafficEmpty() {
  return (
    <div className={classes.empty}>
      <p>No Service here yet. A Service gives a set of pods one address; its EndpointSlices list the pods behind it.</p>
      <button type="button" className={`${controls.button} ${controls.primary}`} onClick={() => loadExample("service")}>
        Open a Service in the editor
      </button>
    </div>
  );
}
