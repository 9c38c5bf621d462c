import { Modal } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { bigSizes } from "../deeds/big-cluster.ts";
import { beginAnew } from "../deeds/restart.ts";
import { session } from "../store/connect.ts";
import { setUi } from "../store/ui.ts";
import controls from "../widgets/controls.module.css";
import classes from "./NewCluster.module.css";

interface Size {
  readonly nodes: number;
  readonly label: string;
  readonly note: string;
}

const NOTES = {
  100: "mixed shapes, three zones",
  1000: "mixed shapes; starts in a minute",
  5000: "Kubernetes' documented maximum; takes up to 2 GB",
} as const;

const SIZES: readonly Size[] = [
  { nodes: 3, label: "3 workers", note: "all on one screen" },
  { nodes: 9, label: "9 workers", note: "three in each zone" },
  ...bigSizes.map((nodes) => ({ nodes, label: `${nodes.toLocaleString("en")} nodes`, note: NOTES[nodes] })),
];

const EXAMPLE = `apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
profiles:
- schedulerName: default-scheduler
  pluginConfig:
  - name: NodeResourcesFit
    args:
      scoringStrategy:
        type: MostAllocated`;

/** Chooses how large the next cluster is, and how its scheduler is set up. */
export default function NewCluster() {
  const [nodes, setNodes] = useState(3);
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const close = () => setUi({ newClusterOpen: false });
  const begin = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const wrong = text.trim() === "" ? undefined : await session().schedulerProblem(text);
    setBusy(false);
    setProblem(wrong);
    if (wrong !== undefined) return;
    close();
    await beginAnew({ nodes, schedulerConfiguration: text });
  };
  return (
    <Modal opened onClose={close} title="New cluster" size={620} closeButtonProps={{ "aria-label": "Close" }}>
      <form onSubmit={(event) => void begin(event)} className={classes.form}>
        <fieldset className={classes.sizes}>
          <legend>Size</legend>
          {SIZES.map((size) => (
            <label key={size.nodes} className={classes.size} data-chosen={size.nodes === nodes || undefined}>
              <input
                type="radio"
                name="cluster-size"
                className="sr-only"
                checked={size.nodes === nodes}
                onChange={() => setNodes(size.nodes)}
              />
              <span className={classes.label}>{size.label}</span>
              <span className={classes.note}>{size.note}</span>
            </label>
          ))}
        </fieldset>
        <SchedulerField text={text} problem={problem} onChange={setText} />
        <p className={classes.warning}>The present cluster and all in it will be gone. The editor's text stays.</p>
        <div className={classes.buttons}>
          <button type="button" className={controls.button} onClick={close}>
            Cancel
          </button>
          <button type="submit" className={`${controls.button} ${controls.primary}`} disabled={busy}>
            Begin
          </button>
        </div>
      </form>
    </Modal>
  );
}

interface FieldProps {
  readonly text: string;
  readonly problem: string | undefined;
  readonly onChange: (text: string) => void;
}

function SchedulerField({ text, problem, onChange }: FieldProps) {
  const take = async (file: File | undefined) => {
    if (file) onChange(await file.text());
  };
  return (
    <details className={classes.scheduler} open={problem !== undefined || undefined}>
      <summary>Scheduler configuration</summary>
      <label htmlFor="scheduler-configuration">
        A KubeSchedulerConfiguration in YAML; empty for kube-scheduler's own defaults.
      </label>
      <textarea
        id="scheduler-configuration"
        className={classes.yaml}
        rows={11}
        spellCheck={false}
        value={text}
        placeholder={EXAMPLE}
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : "scheduler-problem"}
        onChange={(event) => onChange(event.target.value)}
      />
      {problem !== undefined && (
        <p id="scheduler-problem" role="alert" className={classes.problem}>
          {problem}
        </p>
      )}
      <div className={classes.from}>
        <button type="button" className={controls.link} onClick={() => onChange(EXAMPLE)}>
          Use the example: pack nodes full
        </button>
        <label className={controls.link}>
          From a file
          <input
            type="file"
            accept=".yaml,.yml,.json"
            className="sr-only"
            onChange={(event) => void take(event.target.files?.[0])}
          />
        </label>
      </div>
    </details>
  );
}
