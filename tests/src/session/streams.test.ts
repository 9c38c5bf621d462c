import { beforeAll, describe, expect, it } from "vitest";
import { type ChannelMessage, Simulation } from "../../../simulator/index.ts";
import { PageStreams } from "../../../src/session/page-streams.ts";
import { Cluster } from "../../../src/session/worker/cluster.ts";
import { Streams } from "../../../src/session/worker/streams.ts";

const PODS = "/api/v1/namespaces/default/pods";
let wall = 0;
let cluster: Cluster;
let page: PageStreams;

/** Lets so much time pass by the wall, which is virtual time at speed 1, and the messages between page and worker arrive. */
async function pass(ms: number): Promise<void> {
  wall += ms;
  while (!cluster.slice()) {}
  await new Promise((resolve) => setImmediate(resolve));
}

beforeAll(async () => {
  const simulation = Simulation.start({ workers: 1 });
  simulation.advanceTo(60_000);
  const body = { metadata: { name: "web" }, spec: { containers: [{ name: "nginx", image: "nginx:1.27" }] } };
  simulation.request({ method: "POST", path: PODS, body });
  simulation.advanceTo(90_000);
  cluster = new Cluster(simulation, () => wall);
  const worker = new Streams(cluster, { stream: async (id, messages) => page.take(id, messages) });
  page = new PageStreams({
    openStream: async (id, request) => worker.open(id, request),
    sendStream: async (id, message) => worker.send(id, message),
    closeStream: async (id) => worker.close(id),
  });
});

async function open(path: string) {
  const heard: ChannelMessage[] = [];
  const opened = await page.open({ method: "GET", path }, (message) => heard.push(message));
  if (!opened.ok) throw new Error(String(opened.error.body.message));
  let hasEnded = false;
  void opened.value.ended.then(() => {
    hasEnded = true;
  });
  return {
    stream: opened.value,
    text: () => heard.map(({ bytes }) => bytes).join(""),
    heard,
    hasEnded: () => hasEnded,
  };
}

describe("the page's streams", () => {
  it("follow a log as time passes, until somebody hangs up", async () => {
    const log = await open(`${PODS}/web/log?follow=true`);
    await pass(10);
    expect(log.text()).toContain("start worker process");
    cluster.request({ method: "GET", path: `${PODS}/web/proxy/later` });
    await pass(10);
    expect(log.text()).toContain("GET /later");
    expect(log.hasEnded()).toBe(false);
    log.stream.close();
    await pass(10);
    expect(log.hasEnded()).toBe(true);
  });

  it("carry messages both ways", async () => {
    const forwarded = await open(`${PODS}/web/portforward`);
    forwarded.stream.send({ channel: 0, bytes: "", port: 80 });
    forwarded.stream.send({ channel: 0, bytes: "GET / HTTP/1.0\r\n\r\n" });
    await pass(10);
    expect(forwarded.text()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(forwarded.heard.slice(-2)).toMatchObject([
      { channel: 0, end: true },
      { channel: 1, end: true },
    ]);
    forwarded.stream.close();
  });

  it("are watches too, as lines of JSON", async () => {
    const watch = await open(`${PODS}?watch=true`);
    await pass(10);
    const [line = ""] = watch.text().split("\n");
    expect(JSON.parse(line)).toMatchObject({ type: "ADDED", object: { metadata: { name: "web" } } });
    watch.stream.close();
  });

  it("are refused with the server's answer", async () => {
    const refused = await page.open({ method: "GET", path: `${PODS}/none/log?follow=true` }, () => {});
    expect(refused.ok ? "" : refused.error.body.message).toBe('pods "none" not found');
  });

  it("end with their cluster", async () => {
    const log = await open(`${PODS}/web/log?follow=true`);
    cluster.become(Simulation.start({ workers: 1 }));
    await pass(10);
    expect(log.hasEnded()).toBe(true);
  });
});
