import { constants, inflateRawSync } from "node:zlib";

/** The words that both sides of a SPDY/3 connection know before the first header: part of the protocol. */
const WORDS =
  "options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get status";
const MORE_WORDS = ["200 OK", "version", "HTTP/1.1", "url", "public", "set-cookie", "keep-alive", "origin"];
const TAIL =
  "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";

const dictionary = Buffer.concat([
  ...[...WORDS.split(" "), ...MORE_WORDS].map((word) => Buffer.concat([uint32(word.length), Buffer.from(word)])),
  Buffer.from(TAIL),
]);

/** How far deflate looks back. */
const WINDOW_BYTES = 32 * 1024;
/** Before the first block: two bytes of zlib, and the dictionary's checksum. */
const ZLIB_HEAD_BYTES = 6;
/** A client with larger headers than this is up to no good. */
const MAX_HEADER_BYTES = 256 * 1024;

/** An empty block: what came before it can be read. */
const FLUSH = Buffer.from([0, 0, 0, 0xff, 0xff]);

export type SpdyHeaders = Readonly<Record<string, string>>;

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/**
 * Reads header blocks, one after the other: they are one zlib stream, flushed after each. A flush ends on a whole byte,
 * so each block can be read by itself with what came before as its dictionary.
 */
export class HeaderReader {
  #window: Buffer = dictionary;
  #isFirst = true;

  /** Throws when the block can't be read. */
  read(block: Buffer): SpdyHeaders {
    const deflated = this.#isFirst ? block.subarray(ZLIB_HEAD_BYTES) : block;
    this.#isFirst = false;
    const plain = inflateRawSync(deflated, {
      dictionary: this.#window,
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: MAX_HEADER_BYTES,
    });
    this.#window = Buffer.concat([this.#window, plain]).subarray(-WINDOW_BYTES);
    return parse(plain);
  }
}

function parse(plain: Buffer): SpdyHeaders {
  const headers: Record<string, string> = {};
  let at = 4;
  const text = () => {
    const length = plain.readUInt32BE(at);
    const value = plain.toString("latin1", at + 4, at + 4 + length);
    at += 4 + length;
    return value;
  };
  for (let count = plain.readUInt32BE(0); count > 0; count--) {
    const name = text();
    headers[name.toLowerCase()] = text();
  }
  return headers;
}

/** Writes header blocks; what little there is to say is sent as it is, in blocks of deflate that do not compress. */
export class HeaderWriter {
  #isFirst = true;

  write(headers: SpdyHeaders): Buffer {
    const entries = Object.entries(headers);
    const texts = entries.flat().map((text) => Buffer.concat([uint32(Buffer.byteLength(text)), Buffer.from(text)]));
    const plain = Buffer.concat([uint32(entries.length), ...texts]);
    const stored = Buffer.alloc(5);
    stored.writeUInt16LE(plain.length, 1);
    stored.writeUInt16LE(~plain.length & 0xffff, 3);
    const head = this.#isFirst ? [Buffer.from([0x78, 0x01])] : [];
    this.#isFirst = false;
    return Buffer.concat([...head, stored, plain, FLUSH]);
  }
}
