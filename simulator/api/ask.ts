import { fail, ok } from "../base/result.ts";
import { withRecord } from "./apply/request.ts";
import { checkToken } from "./authentication/authenticate.ts";
import { bindPod } from "./binding.ts";
import { invalid, methodNotAllowed, notAcceptable } from "./errors.ts";
import { checkWriteOptions, decodeIncoming } from "./incoming.ts";
import { fieldErrorMessage, toCause } from "./meta/field-error.ts";
import { apiVersionOf } from "./operations.ts";
import { rendered } from "./read.ts";
import { type Answer, type RoutedExchange, writerOf } from "./server.ts";
import { place } from "./write.ts";

/** POST to the collection of a kind that answers: the question comes back with its status, and nothing is stored. */
export function ask(exchange: RoutedExchange): Answer {
  const { server, route, body } = exchange;
  const { kind, namespace } = route;
  if (kind.namespaced && namespace === undefined) return fail(methodNotAllowed());
  if (wantsOtherForms(exchange.request.accept)) return fail(notAcceptable());
  const refused = checkWriteOptions(exchange, "CreateOptions");
  if (refused !== undefined) return fail(refused);
  const decoded = decodeIncoming(exchange, body);
  if (!decoded.ok) return decoded;
  const placed = place(kind, decoded.value, namespace, "");
  if (!placed.ok) return placed;
  const recorded = withRecord(exchange, undefined, placed.value);
  const question = { ...recorded, apiVersion: apiVersionOf(kind.ref), kind: kind.ref.kind };
  const asked = server.operations.context(writerOf(exchange));
  const context = {
    ...asked,
    bind: (podKey: string, podUid: string, nodeName: string) =>
      bindPod(server.store, podKey, podUid, nodeName, asked.now),
    authenticate: (token: string, audiences: readonly string[]) => checkToken(server.tokens, token, audiences),
  };
  const problems = kind.validate?.(question, context) ?? [];
  if (problems.length > 0) {
    // Upstream names no kind here: it has forgotten it on the way.
    const nameless = { group: kind.ref.group, kind: "" };
    const status = invalid(nameless, "", problems.map(fieldErrorMessage), problems.map(toCause));
    const { kind: _, ...details } = status.details ?? {};
    return fail({ ...status, details });
  }
  const answer = kind.answer?.(question, context) ?? fail(methodNotAllowed());
  return answer.ok ? ok({ code: 201, body: rendered(exchange, answer.value) }) : answer;
}

/** Answers to questions are no objects with metadata: there are no tables of them. */
function wantsOtherForms(accept = ""): boolean {
  return accept !== "" && accept.split(",").every((form) => /;\s*as=/.test(form));
}
