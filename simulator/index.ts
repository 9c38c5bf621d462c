// The only door for everything outside simulator/.

export type { ApiRequest, ApiResponse } from "./api/http.ts";
export { parseDuration } from "./api/meta/duration.ts";
export type { KubeObject } from "./api/object.ts";
export type { Cause, CauseStep, ClockObject, Fault, NamedObject, Wait as ObjectWait, WaitItem } from "./api/refs.ts";
export type {
  Container,
  ContainerStatus,
  Deployment,
  EndpointSlice,
  Event,
  Lease,
  Node,
  NodeCondition,
  ObjectMeta,
  Pod,
  ReplicaSet,
  Service,
  Taint,
} from "./api/schema/generated/types.ts";
export type { Change } from "./api/store.ts";
export type {
  ByteStream,
  ChannelMessage,
  ClientConnection,
  ConnectTarget,
} from "./api/streams.ts";
export type { WatchEvent, WatchStream } from "./api/watch.ts";
export { BrokenInvariant } from "./base/assert.ts";
export type { JsonObject, JsonValue } from "./base/json.ts";
export type { Result } from "./base/result.ts";
export type { ClusterOptions } from "./cluster-options.ts";
export type { ComponentState } from "./controller-runtime/host.ts";
export type { JournalInput } from "./journal/journal.ts";
export {
  type ApplyDocument,
  type ApplyOptions,
  type ApplyResult,
  applyText as kubectlApply,
} from "./kubectl/apply-text.ts";
export { Client as KubectlClient } from "./kubectl/cli/client.ts";
export type { Command as KubectlCommand } from "./kubectl/cli/command.ts";
export { Discovery } from "./kubectl/cli/discovery.ts";
export { GLOBAL_FLAGS } from "./kubectl/cli/global-flags.ts";
export type { Host as KubectlHost } from "./kubectl/cli/host.ts";
export { runKubectl } from "./kubectl/cli/run.ts";
export { type CommandResult, kubectl, type Wait } from "./kubectl/embedded.ts";
export { toYaml } from "./kubectl/print/yaml.ts";
export { KUBECTL } from "./kubectl/root.ts";
export { StreamHub } from "./kubectl/streams.ts";
export type { OpenStream, StreamTransport, Transport } from "./kubectl/transport.ts";
export type { ApplyProblem } from "./kubectl/verbs/apply/problems.ts";
export { machineDescriptions } from "./machines.ts";
export type { NetworkRequest, NetworkResponse, NetworkView } from "./network/network-view.ts";
export type { FileProblem, FileStat, FileView } from "./node/files/view.ts";
export { statusText } from "./node/images/program.ts";
export type {
  ShellCommand,
  ShellFlavour,
  ShellParse,
  ShellParseResult,
  ShellPort,
  ShellRunResult,
  ShellWorld,
} from "./node/process/port.ts";
export type { ShellNode, ShellRedirection, ShellTree, ShellWords } from "./node/process/tree.ts";
export { DEFAULT_PARTS, type Parts } from "./parts.ts";
export type { Cluster } from "./scenario/feed.ts";
export { loadScenario, type ScenarioFiles, type ScenarioProblem } from "./scenario/load.ts";
export { perform } from "./scenario/perform.ts";
export { type SavedRun, ScenarioRunner, type ScenarioView, type StepView } from "./scenario/runner.ts";
export type { Action, Scenario, Step } from "./scenario/schema.ts";
export { schedulerProfiles } from "./scheduler/configuration.ts";
export { Simulation } from "./simulation.ts";
export type { Snapshot } from "./snapshot.ts";
