import {
  child,
  duplicate,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
  tooLong,
} from "../../../api/meta/field-error.ts";
import { goQuote } from "../../../api/meta/go-text.ts";
import { isDns1123Label, isDns1123Subdomain } from "../../../api/meta/validation.ts";
import type { CertificateSigningRequest } from "../../../api/refs.ts";
import { pemBlock } from "./pem.ts";

const MIN_SECONDS = 600;
const LEGACY_SIGNER = "kubernetes.io/legacy-unknown";
const USAGES = [
  ...["any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment"],
  ...["decipher only", "digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel"],
  ...["ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime"],
  ...["server auth", "signing", "timestamping"],
];
const STATUSES = ["False", "True", "Unknown"];

// Models pkg/apis/certificates/validation validateCertificateSigningRequest; signatures are not checked here
export function validateRequest(object: CertificateSigningRequest): readonly FieldError[] {
  const { request, usages = [], signerName, expirationSeconds } = object.spec;
  const errors: FieldError[] = [];
  const problem = requestProblem(request);
  if (problem !== undefined) errors.push(invalid("spec.request", request, problem));
  if (usages.length === 0) errors.push(required("spec.usages"));
  const seen = new Set<string>();
  for (const [at, usage] of usages.entries()) {
    const path = index("spec.usages", at);
    if (!USAGES.includes(usage)) errors.push(notSupported(path, usage, USAGES));
    if (seen.has(usage)) errors.push(duplicate(path, usage));
    seen.add(usage);
  }
  if (signerName === LEGACY_SIGNER) {
    errors.push(invalid("spec.signerName", signerName, "the legacy signerName is not allowed via this API version"));
  } else errors.push(...validateSignerName(signerName, "spec.signerName"));
  if (expirationSeconds !== undefined && expirationSeconds < MIN_SECONDS) {
    const text = "may not specify a duration less than 600 seconds (10 minutes)";
    errors.push(invalid("spec.expirationSeconds", expirationSeconds, text));
  }
  return [...errors, ...validateRequestStatusUpdate(object)];
}

/** The status: what is decided, and the certificate. */
export function validateRequestStatusUpdate(object: CertificateSigningRequest): readonly FieldError[] {
  const { certificate } = object.status ?? {};
  if (!certificate || pemBlock(certificate)?.type === "CERTIFICATE") return validateConditions(object);
  const text = "invalid PEM block type or no PEM block; only CERTIFICATE blocks are allowed";
  return [...validateConditions(object), invalid("status.certificate", "<certificate data>", text)];
}

function requestProblem(request: string): string | undefined {
  const block = pemBlock(request);
  return block?.type === "CERTIFICATE REQUEST" ? undefined : "PEM block type must be CERTIFICATE REQUEST";
}

// Models pkg/apis/certificates/validation ValidateSignerName
function validateSignerName(name: string, path: string): readonly FieldError[] {
  if (name === "") return [required(path)];
  const [domain = "", rest, ...more] = name.split("/");
  if (rest === undefined || more.length > 0) {
    return [invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")];
  }
  const labels = domain.split(".");
  const label = (text: string) => (problem: string) =>
    invalid(path, domain, `validating label ${goQuote(text)}: ${problem}`);
  return [
    ...(domain.length > 253 ? [tooLong(path, 253)] : []),
    ...labels.flatMap((text) => isDns1123Label(text).map(label(text))),
    ...(labels.length < 2
      ? [invalid(path, domain, "should be a domain with at least two segments separated by dots")]
      : []),
    ...isDns1123Subdomain(rest).map((problem) => {
      return invalid(path, rest, `validating label ${goQuote(rest)}: ${problem}`);
    }),
  ];
}

// Models pkg/apis/certificates/validation validateConditions
function validateConditions({ status }: CertificateSigningRequest): readonly FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [at, { type = "", status: text = "" }] of (status?.conditions ?? []).entries()) {
    const path = index("status.conditions", at);
    if (type === "") errors.push(required(child(path, "type")));
    if (seen.has(type)) errors.push(duplicate(child(path, "type"), type));
    const other = type === "Approved" ? "Denied" : type === "Denied" ? "Approved" : "";
    if (seen.has(other)) {
      errors.push(invalid(child(path, "type"), type, "Approved and Denied conditions are mutually exclusive"));
    }
    seen.add(type);
    const allowed = ["Approved", "Denied", "Failed"].includes(type) ? ["True"] : STATUSES;
    if (text === "") errors.push(required(child(path, "status")));
    else if (!allowed.includes(text)) errors.push(notSupported(child(path, "status"), text, allowed));
  }
  return errors;
}
