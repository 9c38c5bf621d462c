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
  /** By place: rises with each change of the node that a filter or a score could see. Models framework NodeInfo Generation. */
  generations = new Float64Array(FIRST_ROWS);
  /** By place: its generation when its labels changed last. */
  labelled = new Float64Array(FIRST_ROWS);
  /** Counts the changes of all nodes: no two states of nodes have the same number. */
  #generation = 0;

  /** Where an empty row begins. */
  take(): number {
    const row = this.#free.pop() ?? this.#rows++ * COLUMNS;
    if (row >= this.values.length) {
      this.values = doubled(this.values);
      this.generations = doubled(this.generations);
      this.labelled = doubled(this.labelled);
    }
    this.values.fill(0, row, row + COLUMNS);
    return row;
  }

  /** The node at a place has changed. */
  touch(place: number): void {
    this.generations[place] = ++this.#generation;
  }

  /** It has other labels. */
  relabel(place: number): void {
    this.labelled[place] = ++this.#generation;
  }

  release(row: number): void {
    this.#free.push(row);
  }
}

function doubled(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2);
  larger.set(values);
  return larger;
}
