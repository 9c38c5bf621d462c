import type { JsonObject } from "../../../base/json.ts";
import { textOf } from "../../change/object.ts";
import { ApiError } from "../../cli/client.ts";
import { type Call, type Command, complaint } from "../../cli/command.ts";
import { pathOf } from "../../mapping.ts";
import { OBJECT_FORMATS, PRINT_FLAGS, printerFor } from "../../print/printer.ts";
import { failureOf } from "../../transport.ts";
import { known, nameOf } from "./generator.ts";

const BOUND: { readonly [kind: string]: string } = { Pod: "v1", Secret: "v1", Node: "v1" };

/** `kubectl create token`. Models kubectl pkg/cmd/create create_token.go. */
export const token: Command = {
  name: "token",
  use: "SERVICE_ACCOUNT_NAME [options]",
  short: "Request a service account token",
  flags: [
    ...PRINT_FLAGS,
    { name: "audience", type: "stringArray", default: "", usage: "For whom the token is; may be repeated." },
    { name: "bound-object-kind", type: "string", default: "", usage: "Kind of the object it lives with." },
    { name: "bound-object-name", type: "string", default: "", usage: "That object's name." },
    { name: "bound-object-uid", type: "string", default: "", usage: "That object's uid." },
    { name: "duration", type: "duration", default: "0s", usage: "How long it is to be good." },
  ],
  run: runToken,
};

function check({ flags }: Call): void {
  const [kind, name, uid] = ["kind", "name", "uid"].map((part) => flags.text(`bound-object-${part}`));
  if (!kind && name) throw complaint("--bound-object-name can only be set if --bound-object-kind is provided");
  if (!kind && uid) throw complaint("--bound-object-uid can only be set if --bound-object-kind is provided");
  if (kind && BOUND[kind] === undefined) {
    throw complaint(`supported --bound-object-kind values are ${Object.keys(BOUND).sort().join(", ")}`);
  }
  if (kind && !name) throw complaint("--bound-object-name is required if --bound-object-kind is provided");
  if (flags.durationMs("duration") < 0) throw complaint("--duration must be greater than or equal to 0");
  if (flags.durationMs("duration") % 1000 !== 0)
    throw complaint("--duration cannot be expressed in units less than seconds");
}

function requestOf({ flags }: Call): JsonObject {
  const audiences = flags.list("audience");
  const seconds = flags.durationMs("duration") / 1000;
  const kind = flags.text("bound-object-kind");
  const uid = flags.text("bound-object-uid");
  const bound = { kind, apiVersion: BOUND[kind] ?? "v1", name: flags.text("bound-object-name"), ...(uid && { uid }) };
  return {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    metadata: {},
    spec: {
      audiences,
      ...(seconds > 0 && { expirationSeconds: seconds }),
      ...(kind !== "" && { boundObjectRef: bound }),
    },
  };
}

async function runToken(call: Call): Promise<undefined> {
  const { flags, host, client } = call;
  const name = nameOf(call);
  check(call);
  const path = `${pathOf(known("v1", "ServiceAccount", "serviceaccounts"), client.namespace, name)}/token`;
  const response = await client.ask({ method: "POST", path, body: requestOf(call) });
  const failure = failureOf(response);
  if (failure !== undefined) {
    if (failure.reason === "") throw new ApiError(response);
    throw complaint(`failed to create token: ${failure.message}`);
  }
  const value = textOf(response.body, "status", "token");
  if (value === "") throw complaint("failed to create token: no token in server response");
  if (flags.text("output") === "") host.out(`${value}\n`);
  else host.out((await printerFor(flags, host, OBJECT_FORMATS)).print(response.body));
  return undefined;
}
