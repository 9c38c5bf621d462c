/** Attributes that hold an address, by tag. */
const LINKS: { readonly [tag: string]: readonly string[] } = {
  a: ["href"],
  area: ["href"],
  audio: ["src"],
  base: ["href"],
  blockquote: ["cite"],
  body: ["background"],
  button: ["formaction"],
  embed: ["src"],
  form: ["action"],
  frame: ["longdesc", "src"],
  iframe: ["longdesc", "src"],
  img: ["longdesc", "src", "usemap"],
  input: ["src", "usemap", "formaction"],
  link: ["href"],
  object: ["classid", "codebase", "data", "usemap"],
  script: ["src"],
  source: ["src"],
  video: ["poster", "src"],
};

/** A start tag: its name, then attributes with their values, quoted or not. */
const TAG = /<([a-z][a-z0-9]*)((?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*)\s*(\/?)>/gi;
const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;

/**
 * An address on a page that came through a proxy, as it must be to come through it too: an absolute path of the same host
 * gets the proxy's prefix. Models apimachinery pkg/util/proxy rewriteURL.
 */
export function proxiedAddress(address: string, host: string, prefix: string): string {
  const match = /^(?:(https?):)?(?:\/\/([^/?#]*))?([^?#]*)(.*)$/i.exec(address);
  const [, , itsHost = "", path = "", rest = ""] = match ?? [];
  if (match === null || (itsHost !== "" && itsHost !== host) || !path.startsWith("/")) return address;
  if (path.startsWith(prefix)) return `${path}${rest}`;
  return `${prefix.replace(/\/$/, "")}${path}${rest}`;
}

/** A page whose links lead through the proxy it came by. Models apimachinery pkg/util/proxy rewriteHTML. */
export function proxiedPage(html: string, rewrite: (address: string) => string): string {
  return html.replace(TAG, (whole, tag: string, attributes: string, end: string) => {
    const links = LINKS[tag.toLowerCase()];
    if (links === undefined) return whole;
    const changed = [...attributes.matchAll(ATTRIBUTE)].map(([, name = "", double, single, bare]) => {
      const value = double ?? single ?? bare ?? "";
      return ` ${name}="${links.includes(name.toLowerCase()) ? rewrite(value) : value}"`;
    });
    return `<${tag}${changed.join("")}${end}>`;
  });
}
