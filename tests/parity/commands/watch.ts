import type { ParityScript, ParityStep } from "../session.ts";

const PODS = `apiVersion: v1
kind: Pod
metadata: {name: alpha, labels: {app: x}}
spec: {schedulerName: nobody, containers: [{name: c, image: "img:1"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: beta, labels: {app: z}}
spec: {schedulerName: nobody, containers: [{name: c, image: "img:2"}]}
`;
const WATCH_MS = 2500;

const watched = (words: string, meanwhile?: string): ParityStep => ({
  command: `get ${words} -n watch-{n}`,
  interruptAfterMs: WATCH_MS,
  ...(meanwhile !== undefined && { meanwhile: `${meanwhile} -n watch-{n}` }),
});

/** Watches, ended by Ctrl-C, with changes in the meantime. */
export const watchScript: ParityScript = {
  name: "watch",
  files: { "pods.yaml": PODS },
  steps: [
    { command: "create ns watch-a", setup: true },
    { command: "create ns watch-b", setup: true },
    { command: "wait --for=create sa/default -n watch-a", setup: true },
    { command: "wait --for=create sa/default -n watch-b", setup: true },
    { command: "apply -f pods.yaml -n watch-a", setup: true },
    { command: "apply -f pods.yaml -n watch-b", setup: true },
    watched("pods -w"),
    watched("pods -w", "label pod alpha one=1"),
    watched("pods -w -o wide", "label pod alpha two=2"),
    watched("pods -w -o name", "label pod alpha three=3"),
    watched("pods -w -l app=x", "label pod beta three=3"),
    watched("pods -w --no-headers", "label pod alpha four=4"),
    watched("pods -w --show-labels", "label pod alpha five=5"),
    watched("pods -w -L app", "label pod alpha six=6"),
    watched("pods --watch-only", "label pod alpha seven=7"),
    watched("pods --watch-only -o name", "label pod alpha eight=8"),
    watched("pods -w --output-watch-events", "label pod alpha nine=9"),
    watched("pods -w --output-watch-events -o name", "label pod alpha ten=10"),
    watched("pod alpha -w", "label pod alpha eleven=11"),
    watched("pod alpha --watch-only", "label pod alpha twelve=12"),
    watched("pod/alpha -w -o jsonpath='{.metadata.labels.app}{\"\\n\"}'", "label pod alpha thirteen=13"),
    watched("pods -w -o jsonpath='{.metadata.name}{\"\\n\"}'", "label pod alpha fourteen=14"),
    watched("pods -w -o custom-columns=N:.metadata.name,A:.metadata.labels.app", "label pod alpha fifteen=15"),
    watched("pods -w --field-selector metadata.name=beta", "label pod beta sixteen=16"),
    watched("pods -w", "delete pod beta --force --grace-period=0"),
    watched("pods -w --output-watch-events", "delete pod alpha --force --grace-period=0"),
    watched("cm -w", "create cm late"),
    watched("cm --watch-only -o name", "delete cm late"),
    watched("events -w"),
    watched("deploy -w", "create deployment web --image=nginx --replicas=0"),
    "get pods nope -w -n watch-{n}",
    "get pods,cm -w -n watch-{n}",
    "get nopes -w -n watch-{n}",
    "get pods -w -o odd -n watch-{n}",
    "get pods a b -w -n watch-{n}",
    watched("pods -w --sort-by=.metadata.name"),
    "get pods --watch=nope -n watch-{n}",
    { command: "get ns watch-{n} -w", interruptAfterMs: WATCH_MS },
    { command: "events -w -n watch-{n}", interruptAfterMs: WATCH_MS },
    { command: "get nodes -w --request-timeout=odd", interruptAfterMs: WATCH_MS },
  ],
};
