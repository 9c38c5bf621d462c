import { fail, ok, type Result } from "../../base/result.ts";
import { badRequest, internalError, invalid, type Status } from "../errors.ts";
import {
  type FieldError,
  fieldErrorMessage,
  forbidden,
  invalid as invalidField,
  toCause,
} from "../meta/field-error.ts";
import { formatTime, parseTime } from "../meta/time.ts";
import type { Query } from "../routing.ts";
import type { RoutedExchange } from "../server.ts";
import type { ByteStream, KubeletFailure, LogOptions, StreamPlace } from "../streams.ts";
import type { SubresourceHandler } from "../subresource.ts";
import { flagOption, integerOption, textOption } from "./options.ts";
import { containerOf, kubeletAddress, podOf, unknown } from "./pod-location.ts";

/** GET pods/log: what a container has printed. Models pkg/registry/core/pod/rest LogREST. */
export const logHandler: SubresourceHandler = {
  resource: "pods",
  name: "log",
  kind: "Pod",
  GET: (exchange) => {
    const opened = open(exchange);
    if (!opened.ok) return opened;
    const text = opened.value?.next();
    // A pod without a node has no log: upstream answers with nothing at all.
    return ok({ code: text === undefined ? 204 : 200, body: {}, text: text ?? "", bytes: true, contentType: TEXT });
  },
  STREAM: open,
};

const TEXT = "text/plain";

function open(exchange: RoutedExchange): Result<ByteStream | undefined, Status> {
  const options = logOptions(exchange.query);
  if (!options.ok) return options;
  const problems = validate(options.value, exchange.query);
  if (problems.length > 0) {
    const named = { group: "", kind: "PodLogOptions" };
    return fail(invalid(named, exchange.route.name, problems.map(fieldErrorMessage), problems.map(toCause)));
  }
  const pod = podOf(exchange);
  if (!pod.ok) return pod;
  const container = containerOf(pod.value, textOption(exchange.query, "container"));
  if (!container.ok) return container;
  const { nodeName } = pod.value.spec;
  if (nodeName === undefined || nodeName === "") return ok(undefined);
  const address = kubeletAddress(exchange, nodeName);
  if (!address.ok) return address;
  const { namespace = "", name } = pod.value.metadata;
  const place = { nodeName, namespace, pod: name, container: container.value };
  const log = exchange.server.door.logs(place, options.value);
  return log.ok ? log : fail(failureOf(log.error, urlOf(address.value, place, options.value), name));
}

// Models apiserver pkg/registry/generic/rest GenericHttpResponseChecker
function failureOf(failure: KubeletFailure, url: string, pod: string): Status {
  if (failure.kind === "unreachable") return unknown(`Get "${url}": ${failure.text}`);
  if (failure.code === 500) return internalError(failure.text);
  if (failure.code !== 404) return badRequest(failure.text);
  return {
    ...unknown(`the server could not find the requested resource ( pods/log ${pod})`),
    reason: "NotFound",
    details: {
      name: pod,
      kind: "pods/log",
      causes: [{ reason: "UnexpectedServerResponse", message: failure.text }],
    },
    code: 404,
  };
}

function urlOf(address: string, { namespace, pod, container }: StreamPlace, options: LogOptions): string {
  const { follow, limitBytes, previous, sinceSeconds, sinceMs, tailLines, timestamps } = options;
  const query = [
    follow && "follow=true",
    limitBytes !== undefined && `limitBytes=${limitBytes}`,
    previous && "previous=true",
    sinceSeconds !== undefined && `sinceSeconds=${sinceSeconds}`,
    sinceMs !== undefined && `sinceTime=${encodeURIComponent(formatTime(sinceMs))}`,
    tailLines !== undefined && `tailLines=${tailLines}`,
    timestamps && "timestamps=true",
  ].filter((part) => part !== false);
  const path = `https://${address}/containerLogs/${namespace}/${pod}/${container}`;
  return query.length === 0 ? path : `${path}?${query.join("&")}`;
}

function logOptions(query: Query): Result<LogOptions, Status> {
  const sinceSeconds = integerOption(query, "sinceSeconds");
  if (!sinceSeconds.ok) return sinceSeconds;
  const tailLines = integerOption(query, "tailLines");
  if (!tailLines.ok) return tailLines;
  const limitBytes = integerOption(query, "limitBytes");
  if (!limitBytes.ok) return limitBytes;
  const since = textOption(query, "sinceTime");
  const sinceTime = since === "" || since === "null" ? undefined : parseTime(since);
  if (sinceTime !== undefined && !sinceTime.ok) return fail(badRequest(sinceTime.error));
  return ok({
    follow: flagOption(query, "follow"),
    previous: flagOption(query, "previous"),
    timestamps: flagOption(query, "timestamps"),
    sinceSeconds: sinceSeconds.value,
    sinceMs: sinceTime?.value,
    tailLines: tailLines.value,
    limitBytes: limitBytes.value,
  });
}

// Models pkg/apis/core/validation ValidatePodLogOptions, with the feature PodLogsQuerySplitStreams off as in v1.36
function validate({ tailLines, limitBytes, sinceSeconds, sinceMs }: LogOptions, query: Query): FieldError[] {
  const problems: FieldError[] = [];
  if (tailLines !== undefined && tailLines < 0) {
    problems.push(invalidField("tailLines", tailLines, "must be greater than or equal to 0"));
  }
  if (limitBytes !== undefined && limitBytes < 1) {
    problems.push(invalidField("limitBytes", limitBytes, "must be greater than 0"));
  }
  if (sinceSeconds !== undefined && sinceMs !== undefined) {
    problems.push(forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified"));
  } else if (sinceSeconds !== undefined && sinceSeconds < 1) {
    problems.push(invalidField("sinceSeconds", sinceSeconds, "must be greater than 0"));
  }
  if (query.has("stream")) problems.push(forbidden("stream", "may not be specified"));
  return problems;
}
