/**
 * Pairs what belongs together at the least total cost (Hungarian method). Stable: of several best pairings, the one
 * that keeps the given order. Items without a partner are left over on the longer side.
 */
export function assign<Item>(
  left: readonly Item[],
  right: readonly Item[],
  cost: (left: Item, right: Item) => number,
): readonly (readonly [Item | undefined, Item | undefined])[] {
  if (left.length <= 1 && right.length <= 1) return left.length + right.length === 0 ? [] : [[left[0], right[0]]];
  if (Math.max(left.length, right.length) > largest) return assignInOrder(left, right, cost);
  const size = Math.max(left.length, right.length);
  // A little is added for every place an item moves, far less than any real cost, so that ties keep the order.
  const table = Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => {
      const a = left[row];
      const b = right[column];
      return (a === undefined || b === undefined ? 0 : cost(a, b)) + Math.abs(row - column) / (size * size * 1000);
    }),
  );
  return bestColumns(table).map((column, row) => [left[row], right[column]] as const);
}

/** The method above takes cubic time; so many things of one name are no real configuration, but must not hang either. */
const largest = 300;

function assignInOrder<Item>(
  left: readonly Item[],
  right: readonly Item[],
  cost: (left: Item, right: Item) => number,
): readonly (readonly [Item | undefined, Item | undefined])[] {
  const rest = [...right];
  const pairs: (readonly [Item | undefined, Item | undefined])[] = [];
  const unpaired: Item[] = [];
  for (const item of left) {
    const at = rest.findIndex((other) => cost(item, other) === 0);
    if (at < 0) unpaired.push(item);
    else pairs.push([item, rest.splice(at, 1)[0]]);
  }
  for (let index = 0; index < Math.max(unpaired.length, rest.length); index++)
    pairs.push([unpaired[index], rest[index]]);
  return pairs;
}

/** The column of every row in the cheapest perfect matching of a square table; potentials method, O(n³). */
function bestColumns(table: readonly (readonly number[])[]): readonly number[] {
  const size = table.length;
  const rowPotential = new Array<number>(size + 1).fill(0);
  const columnPotential = new Array<number>(size + 1).fill(0);
  const rowOf = new Array<number>(size + 1).fill(0);
  for (let row = 1; row <= size; row++) {
    const slack = new Array<number>(size + 1).fill(Number.POSITIVE_INFINITY);
    const from = new Array<number>(size + 1).fill(0);
    const used = new Array<boolean>(size + 1).fill(false);
    rowOf[0] = row;
    let column = 0;
    do {
      used[column] = true;
      const currentRow = rowOf[column] ?? 0;
      let step = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let candidate = 1; candidate <= size; candidate++) {
        if (used[candidate]) continue;
        const reduced =
          (table[currentRow - 1]?.[candidate - 1] ?? 0) -
          (rowPotential[currentRow] ?? 0) -
          (columnPotential[candidate] ?? 0);
        if (reduced < (slack[candidate] ?? 0)) {
          slack[candidate] = reduced;
          from[candidate] = column;
        }
        if ((slack[candidate] ?? 0) < step) {
          step = slack[candidate] ?? 0;
          next = candidate;
        }
      }
      for (let index = 0; index <= size; index++) {
        if (used[index]) {
          const usedRow = rowOf[index] ?? 0;
          rowPotential[usedRow] = (rowPotential[usedRow] ?? 0) + step;
          columnPotential[index] = (columnPotential[index] ?? 0) - step;
        } else slack[index] = (slack[index] ?? 0) - step;
      }
      column = next;
    } while ((rowOf[column] ?? 0) !== 0);
    while (column !== 0) {
      const previous = from[column] ?? 0;
      rowOf[column] = rowOf[previous] ?? 0;
      column = previous;
    }
  }
  const columns = new Array<number>(size).fill(0);
  for (let column = 1; column <= size; column++) columns[(rowOf[column] ?? 1) - 1] = column - 1;
  return columns;
}
