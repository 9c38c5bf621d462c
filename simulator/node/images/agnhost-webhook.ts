import { encodeBase64 } from "../../api/schema/base64.ts";
import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import type { NetworkResponse } from "../../network/network-view.ts";
import { bytesOfText, textOfBytes } from "../files/bytes.ts";
import { flag, numberFlag } from "./flags.ts";
import { type Behaviour, type Outcome, server } from "./image.ts";
import { headerOf, type ProgramRequest, type ProgramWorld, pathOf, respond } from "./program.ts";
import { klogTime } from "./start-lines.ts";

// Models test/images/agnhost/webhook

const E2E_KEY = "webhook-e2e-test";
const DISALLOWED = "webhook-disallow";
const DELAY_MS = 5000;
const PODS: JsonObject = { group: "", version: "v1", resource: "pods" };
const CONFIG_MAPS: JsonObject = { group: "", version: "v1", resource: "configmaps" };

type Question = JsonObject;
type Reply = JsonObject & { readonly allowed: boolean };
/** `undefined`: the handler breaks, and with it the connection. */
type Admit = (question: Question, world: ProgramWorld) => Reply | undefined;

const ALLOWED: Reply = { allowed: true };
const field = (value: JsonValue | undefined, name: string): JsonValue | undefined =>
  isObject(value) ? value[name] : undefined;
const listAt = (value: JsonValue | undefined, name: string): readonly JsonValue[] => {
  const found = field(value, name);
  return Array.isArray(found) ? (found as readonly JsonValue[]) : [];
};

function denied(message: string): Reply {
  return { allowed: false, status: { metadata: {}, message } };
}

function deniedFor(reason: string): Reply {
  return { allowed: false, status: { metadata: {}, reason } };
}

function patchedBy(patch: string): Reply {
  return { allowed: true, patch: base64(patch), patchType: "JSONPatch" };
}

function base64(ascii: string): string {
  return encodeBase64(Uint8Array.from(ascii, (char) => char.charCodeAt(0)));
}

function isAbout({ resource }: Question, wanted: JsonObject): boolean {
  return ["group", "version", "resource"].every((name) => field(resource, name) === wanted[name]);
}

/** The refusal of what is of another resource than the path is for. */
function unexpected({ resource }: Question, wanted: JsonObject): Reply {
  const text = (value: JsonValue | undefined) =>
    `{${["group", "version", "resource"].map((name) => field(value, name)).join(" ")}}`;
  return denied(`expect resource to be ${text(wanted)}, got ${text(resource)}`);
}

const admitPods: Admit = (question) => {
  if (!isAbout(question, PODS)) return unexpected(question, PODS);
  const pod = question.object;
  const label = field(field(field(pod, "metadata"), "labels"), E2E_KEY);
  const problems: string[] = [];
  if (label === DISALLOWED) problems.push("the pod contains unwanted label;");
  for (const container of listAt(field(pod, "spec"), "containers")) {
    const name = field(container, "name");
    if (typeof name === "string" && name.includes(DISALLOWED)) {
      problems.push("the pod contains unwanted container name;");
    }
  }
  return problems.length === 0 ? ALLOWED : denied(problems.join(" "));
};

const denyAttachment: Admit = (question) => {
  if (question.name !== "to-be-attached-pod") return ALLOWED;
  if (!isAbout(question, PODS)) return unexpected(question, PODS);
  if (question.subResource !== "attach") {
    return denied(`expect subresource to be attach, got ${String(question.subResource ?? "")}`);
  }
  const isMeant = field(question.object, "stdin") === true && field(question.object, "container") === "container1";
  return isMeant ? denied("attaching to pod 'to-be-attached-pod' is not allowed") : ALLOWED;
};

const hasContainer = (pod: JsonValue | undefined, list: string, name: string): boolean =>
  listAt(field(pod, "spec"), list).some((container) => field(container, "name") === name);

const mutatePods: Admit = (question) => {
  if (!isAbout(question, PODS)) return undefined;
  const pod = question.object;
  const name = "webhook-added-init-container";
  if (field(field(pod, "metadata"), "name") !== "webhook-to-be-mutated") return ALLOWED;
  if (hasContainer(pod, "initContainers", name)) return ALLOWED;
  const value = [{ image: "webhook-added-image", name, resources: {} }];
  return patchedBy(JSON.stringify([{ op: "add", path: "/spec/initContainers", value }]));
};

const addSidecar: Admit = (question, { words }) => {
  const image = flag(words, "sidecar-image");
  if (!image) {
    const message = "No image specified by the sidecar-image parameter";
    return { allowed: false, status: { metadata: {}, status: "Failure", message, code: 500 } };
  }
  if (!isAbout(question, PODS)) return undefined;
  const name = "webhook-added-sidecar";
  if (hasContainer(question.object, "containers", name)) return ALLOWED;
  return patchedBy(JSON.stringify([{ op: "add", path: "/spec/containers/-", value: { image, name, resources: {} } }]));
};

/** Refuses objects by their data: to be made or changed, or to be deleted. */
const admitData =
  (made: string, what: string): Admit =>
  ({ operation, object, oldObject }) => {
    const isDelete = operation === "DELETE";
    const value = field(field(isDelete ? oldObject : object, "data"), E2E_KEY);
    if (value === DISALLOWED && (operation === "CREATE" || operation === "UPDATE")) {
      return deniedFor(`the ${what} contains unwanted ${made}`);
    }
    return isDelete && value === "webhook-nondeletable"
      ? deniedFor(`the ${what} cannot be deleted because it contains unwanted key and value`)
      : ALLOWED;
  };

const mutateData: Admit = ({ object }) => {
  const data = field(object, "data");
  const add = (stage: number) => patchedBy(`[{"op":"add","path":"/data/mutation-stage-${stage}","value":"yes"}]`);
  if (field(data, "mutation-stage-1") === "yes") return add(2);
  return field(data, "mutation-start") === "yes" ? add(1) : ALLOWED;
};

const ofConfigMaps =
  (admit: Admit): Admit =>
  (question, world) =>
    isAbout(question, CONFIG_MAPS) ? admit(question, world) : undefined;

const addLabel: Admit = ({ object }) => {
  const labels = field(field(object, "metadata"), "labels");
  const value = field(labels, "added-label");
  if (!isObject(labels) || Object.keys(labels).length === 0) {
    return patchedBy('[{"op":"add","path":"/metadata/labels","value":{"added-label":"yes"}}]');
  }
  if (value === "yes") return ALLOWED;
  const op = value === undefined ? "add" : "replace";
  return patchedBy(`[{"op":"${op}","path":"/metadata/labels/added-label","value":"yes"}]`);
};

const admitDefinition: Admit = ({ object }) => {
  const label = field(field(field(object, "metadata"), "labels"), E2E_KEY);
  return label === DISALLOWED ? denied("the crd contains unwanted label") : ALLOWED;
};

const PATHS: { readonly [path: string]: Admit } = {
  "/always-allow-delay-5s": () => ALLOWED,
  "/always-deny": () => denied("this webhook denies all requests"),
  "/add-label": addLabel,
  "/pods": admitPods,
  "/pods/attach": denyAttachment,
  "/mutating-pods": mutatePods,
  "/mutating-pods-sidecar": addSidecar,
  "/configmaps": ofConfigMaps(admitData("key and value", "configmap")),
  "/mutating-configmaps": ofConfigMaps(mutateData),
  "/custom-resource": admitData("data", "custom resource"),
  "/mutating-custom-resource": mutateData,
  "/crd": admitDefinition,
};

/** How long the answer to a question takes. */
function delayOf(path: string, question: JsonObject): number {
  if (path === "/always-allow-delay-5s") return DELAY_MS;
  const label = field(field(field(question.object, "metadata"), "labels"), E2E_KEY);
  return path === "/pods" && label === "wait-forever" ? Number.POSITIVE_INFINITY : 0;
}

/** Answers AdmissionReviews over TLS, as each path has it. */
export function webhook(words: readonly string[]): Behaviour {
  const port = numberFlag(words, 443, "port");
  return overTls(words, port, (request, world) => {
    const path = pathOf(request);
    if (path === "/readyz") return respond(200, "ok");
    const admit = Object.hasOwn(PATHS, path) ? PATHS[path] : undefined;
    if (admit === undefined) return respond(404, "404 page not found\n");
    if (headerOf(request, "Content-Type") !== "application/json") return respond(200, "");
    const review = reviewIn(request, "AdmissionReview", "admission.k8s.io");
    if (typeof review === "string") return respond(400, `${review}\n`);
    const question = isObject(review.request) ? review.request : {};
    const reply = admit(question, world);
    if (reply === undefined) return respond(200, "");
    const { kind, apiVersion } = review;
    const answer = { kind, apiVersion, response: { uid: question.uid ?? "", ...reply } };
    const delayMs = delayOf(path, question);
    return { ...respond(200, bytesOfText(JSON.stringify(answer)), "application/json"), delayMs };
  });
}

/** The review in a request's body, or what is wrong with it. */
export function reviewIn({ body }: ProgramRequest, wanted: string, group: string): JsonObject | string {
  let review: unknown;
  try {
    review = JSON.parse(textOfBytes(body));
  } catch {
    return "Request could not be decoded: couldn't get version/kind; json parse error";
  }
  if (!isObject(review as JsonValue)) return "Request could not be decoded: couldn't get version/kind";
  const { kind, apiVersion } = review as JsonObject;
  const isKnown = kind === wanted && (apiVersion === `${group}/v1` || apiVersion === `${group}/v1beta1`);
  return isKnown ? (review as JsonObject) : `Unsupported group version kind: ${apiVersion}, Kind=${kind}`;
}

/** A server with the certificate that its flags name. It ends at once when it has none. */
export function overTls(
  words: readonly string[],
  port: number,
  http: (request: ProgramRequest, world: ProgramWorld) => NetworkResponse,
): Behaviour {
  const certificateIn = ({ files }: ProgramWorld) => files.read(flag(words, "tls-cert-file") ?? "");
  return server([port], {
    tlsPorts: [port],
    http: (request, world) => {
      const certificate = certificateIn(world);
      return { ...http(request, world), ...(typeof certificate === "string" && { certificate }) };
    },
    atStart: (world) => {
      for (const name of ["tls-cert-file", "tls-private-key-file"]) {
        const path = flag(words, name) ?? "";
        if (typeof world.files.read(path) !== "string") return noFile(path, world);
      }
      return undefined;
    },
    onTerm: { afterMs: 20, exitCode: 2 },
  });
}

function noFile(path: string, { startedEpochMs }: ProgramWorld): Outcome {
  const line = `F${klogTime(startedEpochMs)}       1 config.go:46] open ${path}: no such file or directory`;
  return { exitCode: 255, afterMs: 60, stream: "stderr", lines: [line] };
}
