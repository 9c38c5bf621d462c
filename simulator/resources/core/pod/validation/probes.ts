import {
  child,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from "../../../../api/meta/field-error.ts";
import { validateNonNegative } from "../../../../api/meta/object-meta.ts";
import { isHttpHeaderName } from "../../../../api/meta/validation.ts";
import type {
  GRPCAction,
  HTTPGetAction,
  Lifecycle,
  LifecycleHandler,
  PodOS,
  Probe,
} from "../../../../api/schema/generated/types.ts";
import { validatePortNumberOrName } from "./ports.ts";

const HTTP_SCHEMES = ["HTTP", "HTTPS"];

type Handler = LifecycleHandler & { readonly grpc?: GRPCAction };

function validateHttpGet(action: HTTPGetAction, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (!action.path) errors.push(required(child(path, "path")));
  errors.push(...validatePortNumberOrName(action.port ?? 0, child(path, "port")));
  if (!HTTP_SCHEMES.includes(action.scheme ?? "")) {
    errors.push(notSupported(child(path, "scheme"), action.scheme ?? "", HTTP_SCHEMES));
  }
  for (const { name } of action.httpHeaders ?? []) {
    for (const text of isHttpHeaderName(name)) errors.push(invalid(child(path, "httpHeaders"), name, text));
  }
  return errors;
}

/** A pause must fit into the pod's grace; a grace that is itself wrong is reported elsewhere. */
function validateSleep(seconds: number, graceSeconds: number | undefined, path: string): readonly FieldError[] {
  if (graceSeconds === undefined || (seconds >= 0 && seconds <= graceSeconds)) return [];
  const text = `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`;
  return [invalid(path, seconds, text)];
}

// Models pkg/apis/core/validation validateHandler
/** Exactly one way to act is given, and it is whole. */
function validateHandler(handler: Handler, graceSeconds: number | undefined, path: string): readonly FieldError[] {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  const checks: readonly (readonly [string, unknown, (here: string) => readonly FieldError[]])[] = [
    ["exec", exec, (here) => (exec?.command?.length ? [] : [required(child(here, "command"))])],
    ["httpGet", httpGet, (here) => (httpGet ? validateHttpGet(httpGet, here) : [])],
    ["tcpSocket", tcpSocket, (here) => validatePortNumberOrName(tcpSocket?.port ?? 0, child(here, "port"))],
    ["grpc", grpc, (here) => validatePortNumberOrName(grpc?.port ?? 0, child(here, "port"))],
    ["sleep", sleep, (here) => validateSleep(sleep?.seconds ?? 0, graceSeconds, here)],
  ];
  const given = checks.filter(([, action]) => action !== undefined);
  if (given.length === 0) return [required(path, "must specify a handler type")];
  return given.flatMap(([field, , validate], at) =>
    at === 0
      ? validate(child(path, field))
      : [forbidden(child(path, field), "may not specify more than 1 handler type")],
  );
}

function validateProbe(probe: Probe, graceSeconds: number | undefined, path: string): readonly FieldError[] {
  const numbers = [
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
  ] as const;
  const errors = [
    ...validateHandler(probe, graceSeconds, path),
    ...numbers.flatMap((field) => validateNonNegative(probe[field] ?? 0, child(path, field))),
  ];
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0) {
    errors.push(invalid(child(path, "terminationGracePeriodSeconds"), grace, "must be greater than 0"));
  }
  return errors;
}

export interface Probes {
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
}

/** The three probes of a container. Liveness and startup count one success; readiness ends nothing. */
export function validateProbes(probes: Probes, graceSeconds: number | undefined, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ["livenessProbe", "readinessProbe", "startupProbe"] as const) {
    const probe = probes[field];
    if (probe === undefined) continue;
    const here = child(path, field);
    errors.push(...validateProbe(probe, graceSeconds, here));
    if (field === "readinessProbe") {
      const grace = probe.terminationGracePeriodSeconds;
      const gracePath = child(here, "terminationGracePeriodSeconds");
      if (grace !== undefined) errors.push(invalid(gracePath, grace, "must not be set for readinessProbes"));
    } else if (probe.successThreshold !== 1) {
      errors.push(invalid(child(here, "successThreshold"), probe.successThreshold ?? 0, "must be 1"));
    }
  }
  return errors;
}

const REAL_TIME_SIGNALS = [
  "SIGRTMIN",
  ...Array.from({ length: 15 }, (_, at) => `SIGRTMIN+${at + 1}`),
  ...Array.from({ length: 14 }, (_, at) => `SIGRTMAX-${14 - at}`),
  "SIGRTMAX",
];
const LINUX_SIGNALS: readonly string[] = [
  ..."SIGABRT SIGALRM SIGBUS SIGCHLD SIGCLD SIGCONT SIGFPE SIGHUP SIGILL SIGINT SIGIO SIGIOT".split(" "),
  ..."SIGKILL SIGPIPE SIGPOLL SIGPROF SIGPWR SIGQUIT SIGSEGV SIGSTKFLT SIGSTOP SIGSYS SIGTERM".split(" "),
  ..."SIGTRAP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGUSR1 SIGUSR2 SIGVTALRM SIGWINCH SIGXCPU SIGXFSZ".split(" "),
  ...REAL_TIME_SIGNALS,
].sort();
const WINDOWS_SIGNALS: readonly string[] = ["SIGKILL", "SIGTERM"];

function validateStopSignal(signal: string, os: PodOS | undefined, path: string): readonly FieldError[] {
  if (os === undefined) return [forbidden(path, "may not be set for containers with empty `spec.os.name`")];
  const allowed = os.name === "windows" ? WINDOWS_SIGNALS : os.name === "linux" ? LINUX_SIGNALS : undefined;
  return allowed === undefined || allowed.includes(signal) ? [] : [notSupported(path, signal, allowed)];
}

// Models pkg/apis/core/validation validateLifecycle
export function validateLifecycle(
  lifecycle: Lifecycle,
  graceSeconds: number | undefined,
  os: PodOS | undefined,
  path: string,
): readonly FieldError[] {
  const { postStart, preStop, stopSignal } = lifecycle;
  return [
    ...(postStart ? validateHandler(postStart, graceSeconds, child(path, "postStart")) : []),
    ...(preStop ? validateHandler(preStop, graceSeconds, child(path, "preStop")) : []),
    ...(stopSignal === undefined ? [] : validateStopSignal(stopSignal, os, child(path, "stopSignal"))),
  ];
}
