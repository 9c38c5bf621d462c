/** Columns of the node table: what filters and scores read of each node for nearly every pod. */
export const ALLOCATABLE_CPU = 0;
export const ALLOCATABLE_MEMORY = 1;
export const ALLOCATABLE_PODS = 2;
export const POD_COUNT = 3;
export const REQUESTED_CPU = 4;
export const REQUESTED_MEMORY = 5;
/** Requests with small defaults for pods that ask for nothing. */
export const NON_ZERO_CPU = 6;
export const NON_ZERO_MEMORY = 7;
const COLUMNS = 8;
const FIRST_ROWS = 64;

/** The place of a node among all nodes, for lists beside the table. */
export function placeOf(row: number): number {
  return row / COLUMNS;
}

/** CPU in thousandths, memory in bytes, of all nodes side by side: eight numbers, one cache line, a node. */
export class NodeTable {
  values = new Float64Array(FIRST_ROWS * COLUMNS);
  readonly #free: number[] = [];
  #rows = 0;
  /** Counts the changes of all nodes: no two states of nodes have the same number. */
  generation = 0;

  /** Where an empty row begins. */
  take(): number {
    const row = this.#free.pop() ?? this.#rows++ * COLUMNS;
    if (row >= this.values.length) {
      const larger = new Float64Array(this.values.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values.fill(0, row, row + COLUMNS);
    return row;
  }

  release(row: number): void {
    this.#free.push(row);
  }
}
