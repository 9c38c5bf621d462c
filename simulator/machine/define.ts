/**
 * How a `*.machine.ts` file is written, so that both executors (a live actor, a compiled table) can run it:
 *
 *   export const doorMachine = setup({
 *     types: { context: {} as { locked: boolean }, events: {} as { type: "PUSH" } },
 *     actions: signals("creak"),
 *     guards: { unlocked: ({ context }) => !context.locked },
 *     delays: { closerSpring: 2_000 },
 *   }).createMachine({ id: "door", context: ({ input }) => input, initial: "closed", states: { ... } });
 *
 * - Guards, actions and delays stand in the chart as names only; what they mean is said once, in `setup`.
 * - Guards are plain functions of `{ context, event }`. A table has no context: its owner hands in an argument of the
 *   same shape (a pod's view, a queue entry) with each event.
 * - Actions are signals: the chart says that something is due, the owner of the executor does it. Both executors give
 *   the names back in the same order.
 * - Delays are named in `setup` (a number of virtual milliseconds, or a function of `{ context, event }`), or numbers.
 * - States have a `description`: one short plain sentence that the page shows.
 * - One region only: no parallel states, no history, no invoked or spawned actors.
 *
 * A chart that only ever runs as a live actor may also use `assign` and `raise`; `compileMachine` refuses those.
 */

/** Declares named actions whose effect is up to whoever runs the machine. */
export function signals<const Names extends readonly string[]>(...names: Names): Record<Names[number], () => void> {
  const actions: Record<string, () => void> = {};
  for (const name of names) actions[name] = signal;
  return actions as Record<Names[number], () => void>;
}

function signal(): void {}
