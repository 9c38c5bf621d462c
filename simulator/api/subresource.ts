import type { Answer, RoutedExchange } from "./server.ts";

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
}

export function subresourceKey(resourceId: string, name: string): string {
  return `${resourceId}/${name}`;
}
