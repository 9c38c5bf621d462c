import { HeaderReader, HeaderWriter, type SpdyHeaders } from "./headers.ts";

// The part of SPDY/3.1 that kubectl speaks (through moby/spdystream): streams that the client opens, without flow control.

const SYN_STREAM = 1;
const SYN_REPLY = 2;
const RST_STREAM = 3;
const PING = 6;
const GOAWAY = 7;
const HEADERS = 8;
const FIN = 1;
const VERSION = 0x8003;
const HEAD_BYTES = 8;
const CANCEL = 5;
/** What is put into one data frame at most. */
const MAX_DATA_BYTES = 32 * 1024;
const MAX_FRAME_BYTES = 8 * 1024 * 1024;

/** One stream that the client opened. */
export interface SpdyStream {
  readonly id: number;
  readonly headers: SpdyHeaders;
  write(bytes: Buffer): void;
  /** Nothing more comes from this side. */
  end(): void;
}

export interface SpdyEvents {
  /** Whether a stream with these headers may be opened. */
  accepts(headers: SpdyHeaders): boolean;
  /** A stream was opened, and the client knows. */
  open(stream: SpdyStream): void;
  data(stream: SpdyStream, bytes: Buffer): void;
  /** The client sends nothing more on a stream. */
  ended(stream: SpdyStream): void;
  /** The client is gone, or has spoken nonsense. */
  closed(): void;
}

/** The server's end of a SPDY connection over any way of bytes. */
export class SpdySession {
  readonly #send: (bytes: Buffer) => void;
  readonly #events: SpdyEvents;
  readonly #reader = new HeaderReader();
  readonly #writer = new HeaderWriter();
  readonly #streams = new Map<number, SpdyStream>();
  #buffered: Buffer = Buffer.alloc(0);
  #isClosed = false;

  constructor(send: (bytes: Buffer) => void, events: SpdyEvents) {
    this.#send = send;
    this.#events = events;
  }

  /** Takes bytes as they come. */
  receive(bytes: Buffer): void {
    if (this.#isClosed) return;
    this.#buffered = this.#buffered.length === 0 ? bytes : Buffer.concat([this.#buffered, bytes]);
    try {
      while (this.#takeFrame()) {}
    } catch {
      this.close();
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#streams.clear();
    this.#events.closed();
  }

  #takeFrame(): boolean {
    const buffered = this.#buffered;
    if (buffered.length < HEAD_BYTES || this.#isClosed) return false;
    const length = buffered.readUIntBE(5, 3);
    if (length > MAX_FRAME_BYTES) throw new RangeError("a frame too large");
    if (buffered.length < HEAD_BYTES + length) return false;
    const flags = buffered.readUInt8(4);
    const payload = buffered.subarray(HEAD_BYTES, HEAD_BYTES + length);
    const first = buffered.readUInt32BE(0);
    this.#buffered = buffered.subarray(HEAD_BYTES + length);
    if (first >>> 31 === 0) this.#onData(first, flags, payload);
    else this.#onControl(first & 0xffff, flags, payload);
    return true;
  }

  #onData(id: number, flags: number, payload: Buffer): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    if (payload.length > 0) this.#events.data(stream, payload);
    if (flags & FIN) this.#events.ended(stream);
  }

  #onControl(type: number, flags: number, payload: Buffer): void {
    const id = payload.length >= 4 ? payload.readUInt32BE(0) & 0x7fffffff : 0;
    if (type === SYN_STREAM) this.#onOpen(id, flags, this.#reader.read(payload.subarray(10)));
    else if (type === HEADERS || type === SYN_REPLY) this.#reader.read(payload.subarray(4));
    else if (type === PING) this.#control(PING, 0, payload);
    else if (type === RST_STREAM) this.#onReset(id);
    else if (type === GOAWAY) this.close();
  }

  #onOpen(id: number, flags: number, headers: SpdyHeaders): void {
    let hasEnded = false;
    const stream: SpdyStream = {
      id,
      headers,
      write: (bytes) => {
        if (hasEnded || this.#isClosed) return;
        for (let at = 0; at < bytes.length; at += MAX_DATA_BYTES)
          this.#data(id, bytes.subarray(at, at + MAX_DATA_BYTES));
      },
      end: () => {
        if (hasEnded || this.#isClosed) return;
        hasEnded = true;
        this.#data(id, Buffer.alloc(0), FIN);
      },
    };
    if (!this.#events.accepts(headers)) {
      const payload = Buffer.alloc(8);
      payload.writeUInt32BE(id, 0);
      payload.writeUInt32BE(CANCEL, 4);
      this.#control(RST_STREAM, 0, payload);
      return;
    }
    this.#streams.set(id, stream);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(id);
    this.#control(SYN_REPLY, 0, Buffer.concat([head, this.#writer.write({})]));
    this.#events.open(stream);
    if (flags & FIN) this.#events.ended(stream);
  }

  #onReset(id: number): void {
    const stream = this.#streams.get(id);
    this.#streams.delete(id);
    if (stream !== undefined) this.#events.ended(stream);
  }

  #control(type: number, flags: number, payload: Buffer): void {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt16BE(VERSION, 0);
    head.writeUInt16BE(type, 2);
    head.writeUInt8(flags, 4);
    head.writeUIntBE(payload.length, 5, 3);
    this.#send(Buffer.concat([head, payload]));
  }

  #data(id: number, payload: Buffer, flags = 0): void {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32BE(id, 0);
    head.writeUInt8(flags, 4);
    head.writeUIntBE(payload.length, 5, 3);
    this.#send(Buffer.concat([head, payload]));
  }
}
