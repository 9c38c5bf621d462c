import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  required,
  tooLong,
} from "../../../../api/meta/field-error.ts";
import { byteLength } from "../../../../api/meta/go-text.ts";
import { validateIpLegacy } from "../../../../api/meta/ip.ts";
import { isDns1123SubdomainWithUnderscore } from "../../../../api/meta/validation.ts";
import type { HostAlias, PodSpec } from "../../../../api/schema/generated/types.ts";
import { check, validateDnsLabel, validateDnsSubdomain } from "./formats.ts";

const MAX_NAMESERVERS = 3;
const MAX_SEARCH_PATHS = 32;
const MAX_SEARCH_BYTES = 2048;
const MAX_HOSTNAME_BYTES = 64;

// Models pkg/apis/core/validation validatePodDNSConfig
export function validateDnsConfig(spec: PodSpec, path: string): readonly FieldError[] {
  const { dnsConfig, dnsPolicy } = spec;
  if (dnsPolicy === "None") {
    if (!dnsConfig) return [required(path, "must provide `dnsConfig` when `dnsPolicy` is None")];
    if (!dnsConfig.nameservers?.length) {
      const text = "must provide at least one DNS nameserver when `dnsPolicy` is None";
      return [required(child(path, "nameservers"), text)];
    }
  }
  const { nameservers = [], searches = [], options = [] } = dnsConfig ?? {};
  const errors: FieldError[] = [];
  const serversPath = child(path, "nameservers");
  const searchesPath = child(path, "searches");
  if (nameservers.length > MAX_NAMESERVERS) {
    errors.push(invalid(serversPath, nameservers, `must not have more than ${MAX_NAMESERVERS} nameservers`));
  }
  for (const [at, server] of nameservers.entries()) errors.push(...validateIpLegacy(index(serversPath, at), server));
  if (searches.length > MAX_SEARCH_PATHS) {
    errors.push(invalid(searchesPath, searches, `must not have more than ${MAX_SEARCH_PATHS} search paths`));
  }
  if (byteLength(searches.join(" ")) > MAX_SEARCH_BYTES) {
    const text = `must not have more than ${MAX_SEARCH_BYTES} characters (including spaces) in the search list`;
    errors.push(invalid(searchesPath, searches, text));
  }
  for (const [at, search] of searches.entries()) {
    if (search === ".") continue;
    errors.push(...check(isDns1123SubdomainWithUnderscore, search.replace(/\.$/, ""), index(searchesPath, at)));
  }
  for (const [at, option] of options.entries()) {
    if (!option.name) errors.push(required(index(child(path, "options"), at), "must not be empty"));
  }
  return errors;
}

// Models pkg/apis/core/validation ValidateHostAliases
export function validateHostAliases(aliases: readonly HostAlias[], path: string): readonly FieldError[] {
  return aliases.flatMap(({ ip = "", hostnames = [] }, at) => {
    const here = index(path, at);
    const names = hostnames.flatMap((name, nameAt) =>
      validateDnsSubdomain(name, index(child(here, "hostnames"), nameAt)),
    );
    return [...validateIpLegacy(child(here, "ip"), ip), ...names];
  });
}

// Models pkg/apis/core/validation validatePodHostName
/** What a pod calls itself: hostname, subdomain, and the override of both. */
export function validateHostnames(spec: PodSpec, path: string): readonly FieldError[] {
  const { hostname, subdomain, hostnameOverride } = spec;
  const errors = [
    ...(hostname ? validateDnsLabel(hostname, child(path, "hostname")) : []),
    ...(subdomain ? validateDnsLabel(subdomain, child(path, "subdomain")) : []),
  ];
  if (hostnameOverride === undefined) return errors;
  const here = child(path, "hostnameOverride");
  if (spec.setHostnameAsFQDN) errors.push(forbidden(here, "may not be specified when setHostnameAsFQDN is true"));
  if (spec.hostNetwork) errors.push(forbidden(here, "may not be specified when hostNetwork is true"));
  if (byteLength(hostnameOverride) > MAX_HOSTNAME_BYTES) errors.push(tooLong(here, MAX_HOSTNAME_BYTES));
  return [...errors, ...validateDnsSubdomain(hostnameOverride, here)];
}
