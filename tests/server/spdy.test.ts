import { describe, expect, it } from "vitest";
import { HeaderReader, HeaderWriter } from "../../server/spdy/headers.ts";
import { SpdySession, type SpdyStream } from "../../server/spdy/session.ts";

/** What kubectl 1.32 sent first: a stream for errors, then one for data, each flushed. */
const FIRST =
  "78f9e3c6a7c20225 3a703a2b294a4dcc8516 25aca9a0808614cb45a024cc6461c0c0c0c0590489c44c50e26634 00000000ffff";
const SECOND = "c2aa15540a2512d209000000ffff";
const fromHex = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex");

describe("headers of SPDY", () => {
  it("are read block by block, with the dictionary of the protocol", () => {
    const reader = new HeaderReader();
    expect(reader.read(fromHex(FIRST))).toEqual({ streamtype: "error", port: "80", requestid: "0" });
    expect(reader.read(fromHex(SECOND))).toEqual({ streamtype: "data", port: "80", requestid: "0" });
  });

  it("are written so that each block can be read when it is there", () => {
    const writer = new HeaderWriter();
    const [first, second] = [writer.write({ a: "1" }), writer.write({ bc: "é" })];
    expect(first.subarray(0, 2).toString("hex")).toBe("7801");
    for (const block of [first, second]) expect(block.subarray(-5).toString("hex")).toBe("000000ffff");
  });

  it("that are nonsense end the connection", () => {
    let isClosed = false;
    const session = new SpdySession(() => {}, {
      accepts: () => true,
      open: () => {},
      data: () => {},
      ended: () => {},
      closed: () => {
        isClosed = true;
      },
    });
    session.receive(frame(1, 0, Buffer.alloc(40, 7)));
    expect(isClosed).toBe(true);
  });
});

function frame(type: number, flags: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(0x8003, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt8(flags, 4);
  head.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([head, payload]);
}

function synStream(id: number, block: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt32BE(id, 0);
  return frame(1, 0, Buffer.concat([head, block]));
}

function data(id: number, text: string, flags = 0): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(id, 0);
  head.writeUInt8(flags, 4);
  head.writeUIntBE(text.length, 5, 3);
  return Buffer.concat([head, Buffer.from(text)]);
}

describe("a SPDY connection", () => {
  it("opens streams, carries their bytes both ways, and answers pings, however the bytes are cut", () => {
    const sent: Buffer[] = [];
    const heard: string[] = [];
    const streams: SpdyStream[] = [];
    const session = new SpdySession((bytes) => sent.push(bytes), {
      accepts: ({ port }) => port === "80",
      open: (stream) => streams.push(stream),
      data: ({ id }, bytes) => heard.push(`${id}: ${bytes}`),
      ended: ({ id }) => heard.push(`${id} ended`),
      closed: () => heard.push("closed"),
    });
    const bytes = Buffer.concat([
      synStream(1, fromHex(FIRST)),
      synStream(3, fromHex(SECOND)),
      data(3, "hello"),
      frame(6, 0, Buffer.from([0, 0, 0, 9])),
      data(3, "", 1),
      frame(7, 0, Buffer.alloc(8)),
    ]);
    for (const byte of bytes.subarray(0, -20)) session.receive(Buffer.from([byte]));
    streams[1]?.write(Buffer.from("back"));
    streams[1]?.end();
    streams[1]?.write(Buffer.from("too late"));
    session.receive(bytes.subarray(-20));
    expect(heard).toEqual(["3: hello", "3 ended", "closed"]);
    const kinds = sent.map((each) => (each[0] === 0x80 ? `control ${each.readUInt16BE(2)}` : `data ${each[4]}`));
    expect(kinds.sort()).toEqual(["control 2", "control 2", "control 6", "data 0", "data 1"].sort());
  });

  it("refuses a stream that nobody takes", () => {
    const sent: Buffer[] = [];
    const refuse = { accepts: () => false, open: () => {}, data: () => {}, ended: () => {}, closed: () => {} };
    new SpdySession((bytes) => sent.push(bytes), refuse).receive(synStream(5, fromHex(FIRST)));
    expect(sent.map((each) => each.toString("hex"))).toEqual(["80030003000000080000000500000005"]);
  });
});
