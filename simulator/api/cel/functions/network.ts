import {
  type Cidr,
  cidrContains,
  formatIp,
  type IpAddress,
  isIpv4,
  maskedIp,
  parseCidr,
  parseIp,
} from "../../meta/ip.ts";
import { CelError, CelOpaque } from "../values.ts";
import { define, method, type Overload } from "./overload.ts";

const IP = "net.IP";
const CIDR = "net.CIDR";

function ipOf(text: string): IpAddress | undefined {
  return text.includes("%") || /^::ffff:\d+\./i.test(text) ? undefined : parseIp(text);
}

function needIp(text: string): IpAddress {
  const ip = ipOf(text);
  if (ip === undefined) throw new CelError(`IP Address "${text}" parse error during conversion from string`);
  return ip;
}

function needCidr(text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new CelError(`network address parse error during conversion from string: ${text}`);
  return cidr;
}

const wrapIp = (ip: IpAddress): CelOpaque => new CelOpaque(IP, ip, formatIp(ip));
const cidrText = (cidr: Cidr): string => `${formatIp(cidr)}/${cidr.prefix}`;
const wrapCidr = (cidr: Cidr): CelOpaque => new CelOpaque(CIDR, cidr, cidrText(cidr));
const ip = ({ value }: CelOpaque): IpAddress => value as IpAddress;
const cidr = ({ value }: CelOpaque): Cidr => value as Cidr;

const inBlock = (block: string) => {
  const parsed = parseCidr(block) as Cidr;
  return (address: IpAddress): boolean => isIpv4(address) === isIpv4(parsed) && cidrContains(parsed, address);
};
const anyBlock = (...blocks: readonly string[]) => {
  const tests = blocks.map(inBlock);
  return (value: CelOpaque): boolean => tests.some((test) => test(ip(value)));
};

function holdsIp(block: Cidr, address: IpAddress): boolean {
  return isIpv4(block) === isIpv4(address) && cidrContains(block, address);
}

function holdsCidr(outer: Cidr, inner: Cidr): boolean {
  return holdsIp(outer, inner) && inner.prefix >= outer.prefix;
}

/** Kubernetes' libraries of IP addresses and networks. */
export const networkFunctions: readonly Overload[] = [
  define("isIP", "string", "bool", (text: string) => ipOf(text) !== undefined, "read"),
  define("ip", "string", IP, (text: string) => wrapIp(needIp(text)), "read"),
  define("ip.isCanonical", "string", "bool", (text: string) => formatIp(needIp(text)) === text, "read"),
  define("string", IP, "string", ({ text }: CelOpaque) => text),
  method(IP, "family", "", "int", (value: CelOpaque) => (isIpv4(ip(value)) ? 4n : 6n)),
  method(IP, "isUnspecified", "", "bool", ({ text }: CelOpaque) => text === "0.0.0.0" || text === "::"),
  method(IP, "isLoopback", "", "bool", anyBlock("127.0.0.0/8", "::1/128")),
  method(IP, "isLinkLocalMulticast", "", "bool", anyBlock("224.0.0.0/24", "ff02::/16")),
  method(IP, "isLinkLocalUnicast", "", "bool", anyBlock("169.254.0.0/16", "fe80::/10")),
  method(IP, "isGlobalUnicast", "", "bool", (value: CelOpaque) => {
    const special = anyBlock("127.0.0.0/8", "::1/128", "224.0.0.0/4", "ff00::/8", "169.254.0.0/16", "fe80::/10");
    return !special(value) && !["0.0.0.0", "::", "255.255.255.255"].includes(value.text);
  }),
  define("isCIDR", "string", "bool", (text: string) => parseCidr(text) !== undefined, "read"),
  define("cidr", "string", CIDR, (text: string) => wrapCidr(needCidr(text)), "read"),
  define("string", CIDR, "string", ({ text }: CelOpaque) => text),
  method(CIDR, "containsIP", "string", "bool", (a: CelOpaque, b: string) => holdsIp(cidr(a), needIp(b))),
  method(CIDR, "containsIP", IP, "bool", (a: CelOpaque, b: CelOpaque) => holdsIp(cidr(a), ip(b))),
  method(CIDR, "containsCIDR", "string", "bool", (a: CelOpaque, b: string) => holdsCidr(cidr(a), needCidr(b))),
  method(CIDR, "containsCIDR", CIDR, "bool", (a: CelOpaque, b: CelOpaque) => holdsCidr(cidr(a), cidr(b))),
  method(CIDR, "ip", "", IP, (value: CelOpaque) => {
    const { bytes } = cidr(value);
    return wrapIp({ ...cidr(value), bytes } as IpAddress);
  }),
  method(CIDR, "masked", "", CIDR, (value: CelOpaque) => {
    const masked = maskedIp(cidr(value));
    return wrapCidr({ ...masked, prefix: cidr(value).prefix } as Cidr);
  }),
  method(CIDR, "prefixLength", "", "int", (value: CelOpaque) => BigInt(cidr(value).prefix)),
];
