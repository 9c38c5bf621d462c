import type { Result } from "../base/result.ts";
import type { Status } from "./errors.ts";
import type { Answer, RoutedExchange } from "./server.ts";
import type { ByteStream, ConnectTarget } from "./streams.ts";

/** One subresource of one resource, such as `pods/eviction`: a file with its rules and a line in the registry. */
export interface SubresourceHandler {
  readonly resource: string;
  readonly name: string;
  readonly kind: string;
  readonly GET?: (exchange: RoutedExchange) => Answer;
  readonly POST?: (exchange: RoutedExchange) => Answer;
  readonly PUT?: (exchange: RoutedExchange) => Answer;
  readonly PATCH?: (exchange: RoutedExchange) => Answer;
  readonly DELETE?: (exchange: RoutedExchange) => Answer;
  /** An answer that goes on as time does: a log that is followed. Undefined: there is nothing to follow. */
  readonly STREAM?: (exchange: RoutedExchange) => Result<ByteStream | undefined, Status>;
  /** What a request that upgrades its connection wants to be connected with. */
  readonly CONNECT?: (exchange: RoutedExchange) => Result<ConnectTarget, Status>;
  /** It takes any path below it, and bodies as they are. */
  readonly isProxy?: true;
}

export function subresourceKey(resourceId: string, name: string): string {
  return `${resourceId}/${name}`;
}
