import type { Container } from "../api/schema/generated/types.ts";
import { parseImageName } from "./images/image-name.ts";

/** What a program takes when nothing is asked of it, and what a request costs it in thousandths of a processor second. */
export interface Footprint {
  readonly milliCpu: number;
  readonly memoryBytes: number;
  readonly milliCpuPerRequest: number;
}

const MEBIBYTE = 1024 * 1024;

const takes = (milliCpu: number, mebibytes: number, milliCpuPerRequest = 0.2): Footprint => ({
  milliCpu,
  memoryBytes: mebibytes * MEBIBYTE,
  milliCpuPerRequest,
});

const OTHERS = takes(1, 8);
const PHP = takes(1, 11, 8);
const WEB = takes(0, 3, 0.05);

/** By the last part of an image's name. Figures as seen on small clusters. */
const BY_NAME: { readonly [name: string]: Footprint } = {
  etcd: takes(24, 46),
  "kube-apiserver": takes(56, 262),
  "kube-controller-manager": takes(18, 52),
  "kube-scheduler": takes(5, 24),
  "kube-proxy": takes(1, 17),
  coredns: takes(2, 14),
  "metrics-server": takes(4, 19),
  pause: takes(0, 1),
  busybox: takes(0, 1),
  alpine: takes(0, 1),
  nginx: WEB,
  httpd: takes(1, 6, 0.1),
  redis: takes(2, 4, 0.02),
  memcached: takes(1, 3, 0.02),
  postgres: takes(2, 38),
  mysql: takes(5, 420),
  mariadb: takes(2, 98),
  mongo: takes(8, 170),
  wordpress: takes(1, 44, 20),
  "hpa-example": PHP,
  "php-apache": PHP,
  stress: takes(0, 1),
};

const known = new WeakMap<Container, Footprint>();

/** A container's footprint, by its image. */
export function footprintOf(container: Container): Footprint {
  let footprint = known.get(container);
  if (footprint === undefined) {
    const name = parseImageName(container.image ?? "");
    const last = name.ok ? name.value.name.slice(name.value.name.lastIndexOf("/") + 1) : "";
    footprint = BY_NAME[last] ?? OTHERS;
    known.set(container, footprint);
  }
  return footprint;
}
