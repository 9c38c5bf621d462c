import { humanDuration } from "../../api/meta/duration.ts";
import type { CertificateSigningRequest } from "../../api/schema/generated/types.ts";
import type { JsonObject } from "../../base/json.ts";
import { complaint } from "../cli/command.ts";
import { readRequest } from "./certificate-request.ts";
import type { Describing } from "./describer.ts";
import { describeEvents } from "./events.ts";
import { dateText, pairsText } from "./parts.ts";
import type { TextSink } from "./text.ts";

const SUBJECT: readonly (readonly [label: string, identifier: string])[] = [
  ["Organization", "2.5.4.10"],
  ["Organizational Unit", "2.5.4.11"],
  ["Country", "2.5.4.6"],
  ["Locality", "2.5.4.7"],
  ["Province", "2.5.4.8"],
  ["StreetAddress", "2.5.4.9"],
  ["PostalCode", "2.5.4.17"],
];
const COMMON_NAME = "2.5.4.3";
const SERIAL_NUMBER = "2.5.4.5";

// Models kubectl pkg/describe describeCertificateSigningRequest
export async function describeCertificate(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, spec, status = {} } = object as unknown as CertificateSigningRequest;
  const facts = readRequest(spec.request);
  if (facts === undefined) throw complaint("Error parsing CSR: PEM block type must be CERTIFICATE REQUEST");
  out.write(0, `Name:\t${metadata.name ?? ""}\n`);
  out.write(0, `Labels:\t${pairsText(metadata.labels)}\n`);
  out.write(0, `Annotations:\t${pairsText(metadata.annotations)}\n`);
  out.write(0, `CreationTimestamp:\t${dateText(metadata.creationTimestamp)}\n`);
  out.write(0, `Requesting User:\t${spec.username ?? ""}\n`);
  if (spec.signerName) out.write(0, `Signer:\t${spec.signerName}\n`);
  const { expirationSeconds } = spec;
  if (expirationSeconds !== undefined) {
    out.write(0, `Requested Duration:\t${humanDuration(expirationSeconds * 1000)}\n`);
  }
  const has = (type: string) => (status.conditions ?? []).some((condition) => condition.type === type);
  const verdict = has("Denied") ? "Denied" : has("Approved") ? "Approved" : "Pending";
  const issued = status.certificate ? ",Issued" : "";
  out.write(0, `Status:\t${verdict}${has("Failed") ? ",Failed" : ""}${issued}\n`);
  out.write(0, "Subject:\n");
  out.write(0, `\tCommon Name:\t${facts.subject.get(COMMON_NAME)?.at(-1) ?? ""}\n`);
  out.write(0, `\tSerial Number:\t${facts.subject.get(SERIAL_NUMBER)?.at(-1) ?? ""}\n`);
  for (const [label, identifier] of SUBJECT) writeList(out, label, facts.subject.get(identifier));
  const { dnsNames, emails, uris, addresses } = facts;
  if (dnsNames.length + emails.length + uris.length + addresses.length > 0) {
    out.write(0, "Subject Alternative Names:\n");
    writeList(out, "DNS Names", dnsNames);
    writeList(out, "Email Addresses", emails);
    writeList(out, "URIs", uris);
    writeList(out, "IP Addresses", addresses);
  }
  await describeEvents(object, describing);
}

function writeList(out: TextSink, label: string, values: readonly string[] = []): void {
  if (values.length > 0) out.write(0, `\t${label}:\t${values.join("\n\t\t")}\n`);
}
