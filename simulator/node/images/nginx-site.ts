import type { FileView } from "../files/view.ts";
import { type ConfigProblem, type Directive, directives, parseNginxConfig, wordsOf } from "./nginx-config.ts";
import type { ProgramRequest } from "./program.ts";
import { headerOf } from "./program.ts";

/** One `server` of nginx's configuration. */
export interface Site {
  readonly block: readonly Directive[];
  readonly ports: readonly number[];
  readonly tlsPorts: readonly number[];
  readonly names: readonly string[];
}

export interface SiteConfig {
  readonly sites: readonly Site[];
  readonly upstreams: ReadonlyMap<string, readonly string[]>;
}

const MAIN = "/etc/nginx/nginx.conf";
const MAX_INCLUDES = 100;

function siteOf({ block = [] }: Directive): Site {
  const ports: number[] = [];
  const tlsPorts: number[] = [];
  for (const { words } of directives(block, "listen")) {
    const port = Number(/(?:^|:)(\d+)$/.exec(words[0] ?? "")?.[1] ?? 80);
    if ((words[0] ?? "").startsWith("unix:")) continue;
    if (!ports.includes(port)) ports.push(port);
    if (words.includes("ssl")) tlsPorts.push(port);
  }
  const names = directives(block, "server_name").flatMap(({ words }) => words);
  return { block, ports: ports.length > 0 ? ports : [80], tlsPorts, names };
}

function problemIn(path: string, { problem, line }: ConfigProblem): string {
  return `${problem} in ${path}:${line}`;
}

class Reader {
  readonly #files: FileView;
  #count = 0;
  problem: string | undefined;

  constructor(files: FileView) {
    this.#files = files;
  }

  /** The directives of a file, with those of the files that it includes in their places. */
  read(path: string): readonly Directive[] {
    const text = this.#files.read(path);
    if (typeof text !== "string" || this.#count++ > MAX_INCLUDES) {
      this.problem ??= `open() "${path}" failed (2: No such file or directory)`;
      return [];
    }
    const parsed = parseNginxConfig(text);
    if (!Array.isArray(parsed)) {
      this.problem ??= problemIn(path, parsed as ConfigProblem);
      return [];
    }
    return this.#expand(parsed as readonly Directive[], path);
  }

  #expand(list: readonly Directive[], path: string): readonly Directive[] {
    return list.flatMap((directive) => {
      this.problem ??= objection(directive, path);
      if (directive.name === "include") return this.#included(directive.words[0] ?? "");
      if (directive.block === undefined || directive.name === "types") return [directive];
      return [{ ...directive, block: this.#expand(directive.block, path) }];
    });
  }

  #included(given: string): readonly Directive[] {
    const path = given.startsWith("/") ? given : `/etc/nginx/${given}`;
    const slash = path.lastIndexOf("/");
    const name = path.slice(slash + 1);
    if (!name.includes("*")) return name === "mime.types" ? [] : this.read(path);
    const names = this.#files.list(path.slice(0, slash));
    if (!Array.isArray(names)) return [];
    const [start = "", end = ""] = name.split("*");
    const fits = (names as readonly string[]).filter((each) => each.startsWith(start) && each.endsWith(end));
    return fits.flatMap((each) => this.read(`${path.slice(0, slash)}/${each}`));
  }
}

/** Words that nginx knows, as far as examples use them; what is no word of its stops it at its start. */
const KNOWN =
  /^(user|worker_processes|error_log|pid|events|http|stream|include|server|location|upstream|map|types|if|listen|server_name|root|alias|index|return|rewrite|try_files|proxy_.*|fastcgi_.*|uwsgi_.*|grpc_.*|ssl_.*|ssl|gzip.*|add_header|expires|access_log|log_format|sendfile.*|tcp_.*|keepalive.*|client_.*|default_type|error_page|autoindex.*|stub_status|allow|deny|internal|resolver.*|set|set_real_ip_from|real_ip_.*|limit_.*|auth_.*|charset.*|etag|worker_.*|daemon|master_process|load_module|env|geo|split_clients|least_conn|ip_hash|hash|zone|random|server_tokens|sub_filter.*|send_timeout|reset_timedout_connection|open_file_cache.*|types_hash_.*|variables_hash_.*|server_names_hash_.*|underscores_in_headers|absolute_redirect|port_in_redirect|merge_slashes|lingering_.*|satisfy|mirror.*|js_.*|perl.*|opentracing.*|http2.*|large_client_header_buffers|output_buffers|post_action|recursive_error_pages|multi_accept|use|accept_mutex|break|userid.*|large_.*|directio.*|aio.*|thread_pool|pcre_jit|timer_resolution|ignore_invalid_headers|chunked_transfer_encoding|max_ranges|image_filter.*|addition_.*|add_before_body|add_after_body|dav_.*|create_full_put_path|min_delete_depth|slice|memcached_.*|scgi_.*|secure_link.*|ssi.*|xslt_.*|xml_entities|health_check|status|api|match|keyval.*|otel_.*)$/;

/** What nginx says of a directive that it does not know. */
function objection({ name, line }: Directive, path: string): string | undefined {
  return KNOWN.test(name) ? undefined : `unknown directive "${name}" in ${path}:${line}`;
}

/** Reads the sites of a container's configuration, or tells why nginx does not start, without `nginx: [emerg] `. */
export function readSites(files: FileView): SiteConfig | string {
  const reader = new Reader(files);
  const main = reader.read(MAIN);
  if (reader.problem !== undefined) return reader.problem;
  const http = directives(main, "http").flatMap(({ block = [] }) => block);
  const upstreams = new Map<string, readonly string[]>();
  for (const { words, block } of directives(http, "upstream")) {
    upstreams.set(
      words[0] ?? "",
      directives(block, "server").map((server) => server.words[0] ?? ""),
    );
  }
  return { sites: directives(http, "server").map(siteOf), upstreams };
}

/** The site that a request is for: by its Host, or the first one of its port. */
export function siteFor({ sites }: SiteConfig, request: ProgramRequest): Site | undefined {
  const ofPort = sites.filter(({ ports }) => ports.includes(request.port));
  const host = (headerOf(request, "host") ?? "").replace(/:\d+$/, "").toLowerCase();
  return (
    ofPort.find(({ names }) => names.includes(host)) ??
    ofPort.find(({ names }) => names.some((name) => wildcardFits(name, host))) ??
    ofPort.find(({ block }) => directives(block, "listen").some(({ words }) => words.includes("default_server"))) ??
    ofPort[0]
  );
}

function wildcardFits(name: string, host: string): boolean {
  if (name.startsWith("*.")) return host.endsWith(name.slice(1));
  if (name.endsWith(".*")) return host.startsWith(name.slice(0, -1));
  return name.startsWith("~") && regex(name.slice(1), "i")?.test(host) === true;
}

function regex(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

// Models nginx ngx_http_core_find_location: exact, longest prefix, then the first regular expression
/** The `location` for a path; undefined: the site's own directives. */
export function locationFor(site: Site, path: string): Directive | undefined {
  let longest: Directive | undefined;
  const expressions: Directive[] = [];
  for (const location of directives(site.block, "location")) {
    const [first = "", second = ""] = location.words;
    if (first === "=" && second === path) return location;
    if (first === "~" || first === "~*") expressions.push(location);
    else if (first !== "=") {
      const prefix = prefixOf(location);
      if (path.startsWith(prefix) && prefix.length >= (longest === undefined ? 0 : prefixOf(longest).length)) {
        longest = location;
      }
    }
  }
  if (longest?.words[0] === "^~") return longest;
  const fits = ({ words: [kind = "", source = ""] }: Directive) =>
    regex(source, kind === "~*" ? "i" : "")?.test(path) === true;
  return expressions.find(fits) ?? longest;
}

export function prefixOf({ words }: Directive): string {
  return words[0] === "^~" ? (words[1] ?? "") : (words[0] ?? "");
}

/** A directive's words in a location, or else in its site. */
export function setting(site: Site, location: Directive | undefined, name: string): readonly string[] | undefined {
  return wordsOf(location?.block, name) ?? wordsOf(site.block, name);
}
