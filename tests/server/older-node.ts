import threads from "node:worker_threads";
import zlib from "node:zlib";

// The client library's HTTP client looks, as it is loaded, for what Node 20 does not have yet. Nobody here answers in
// zstd, nor hands its objects to another thread.
if (!("createZstdDecompress" in zlib)) {
  Object.assign(zlib, {
    createZstdDecompress: () => {
      throw new Error("this Node has no zstd");
    },
  });
}
if (!("markAsUncloneable" in threads)) Object.assign(threads, { markAsUncloneable: () => {} });
if (!("withResolvers" in Promise)) {
  Object.assign(Promise, {
    withResolvers: () => {
      let [resolve, reject]: ((value: unknown) => void)[] = [];
      const promise = new Promise((yes, no) => {
        [resolve, reject] = [yes, no];
      });
      return { promise, resolve, reject };
    },
  });
}
