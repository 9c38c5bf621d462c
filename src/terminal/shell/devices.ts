import type { IFileSystem } from "./library.ts";

/** So many bytes a reader finds at once; it can't read on as it could from a real device. */
const BYTES = 256 * 1024;
/** More of them are not given at once by the Web Crypto API. */
const RANDOM_AT_ONCE = 65_536;

function randomBytes(): Uint8Array {
  const bytes = new Uint8Array(BYTES);
  for (let at = 0; at < BYTES; at += RANDOM_AT_ONCE) crypto.getRandomValues(bytes.subarray(at, at + RANDOM_AT_ONCE));
  // The interpreter's filters take bytes for letters, and some write them as UTF-8: only ASCII stays as long as it is.
  return bytes.map((byte) => byte & 0x7f);
}

/** Files whose content is made when it is read. */
const DEVICES: ReadonlyMap<string, () => Uint8Array> = new Map([
  ["/dev/urandom", randomBytes],
  ["/dev/random", randomBytes],
  ["/dev/zero", () => new Uint8Array(BYTES)],
  ["/proc/sys/kernel/random/uuid", () => new TextEncoder().encode(`${crypto.randomUUID()}\n`)],
]);

function byteString(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

const STAT = {
  isFile: true,
  isDirectory: false,
  isSymbolicLink: false,
  mode: 0o666,
  size: 0,
  mtime: new Date(0),
};

/** The same files, and beside them the devices that exercises read passwords and keys from. Writing to one does nothing. */
export function withDevices(files: IFileSystem): IFileSystem {
  const own: Partial<IFileSystem> = {
    async readFile(path, options) {
      const device = DEVICES.get(path);
      if (device === undefined) return files.readFile(path, options);
      return byteString(device());
    },
    async readFileBuffer(path) {
      return DEVICES.get(path)?.() ?? files.readFileBuffer(path);
    },
    async exists(path) {
      return DEVICES.has(path) || files.exists(path);
    },
    async stat(path) {
      return DEVICES.has(path) ? STAT : files.stat(path);
    },
    async lstat(path) {
      return DEVICES.has(path) ? STAT : files.lstat(path);
    },
    async writeFile(path, content, options) {
      if (!DEVICES.has(path)) await files.writeFile(path, content, options);
    },
    async appendFile(path, content, options) {
      if (!DEVICES.has(path)) await files.appendFile(path, content, options);
    },
    async realpath(path) {
      return DEVICES.has(path) ? path : files.realpath(path);
    },
    async readdir(path) {
      const names = await files.readdir(path);
      if (path !== "/dev") return names;
      return [
        ...new Set([
          ...names,
          ...[...DEVICES.keys()].filter((each) => each.startsWith("/dev/")).map((each) => each.slice(5)),
        ]),
      ];
    },
  };
  return new Proxy(files, {
    get(target, name) {
      const mine = own[name as keyof IFileSystem];
      if (mine !== undefined) return mine;
      if (name === "readFileBytes" && target.readFileBytes !== undefined) {
        return async (path: string) => {
          const device = DEVICES.get(path);
          return device === undefined ? target.readFileBytes?.(path) : byteString(device());
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
