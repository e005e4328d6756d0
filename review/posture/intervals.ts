/** Sets of whole numbers as sorted, disjoint, not touching intervals, both ends included. Ports and addresses are such. */
export type Interval = readonly [first: bigint, last: bigint];
export type Intervals = readonly Interval[];

export function intervals(parts: readonly Interval[]): Intervals {
  const sorted = [...parts].filter(([first, last]) => first <= last).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const result: [bigint, bigint][] = [];
  for (const [first, last] of sorted) {
    const before = result.at(-1);
    if (before !== undefined && first <= before[1] + 1n) {
      if (last > before[1]) before[1] = last;
    } else result.push([first, last]);
  }
  return result;
}

export function union(left: Intervals, right: Intervals): Intervals {
  return intervals([...left, ...right]);
}

export function intersection(left: Intervals, right: Intervals): Intervals {
  const result: Interval[] = [];
  let [i, j] = [0, 0];
  for (let a = left[i], b = right[j]; a !== undefined && b !== undefined; a = left[i], b = right[j]) {
    const first = a[0] > b[0] ? a[0] : b[0];
    const last = a[1] < b[1] ? a[1] : b[1];
    if (first <= last) result.push([first, last]);
    if (a[1] < b[1]) i++;
    else j++;
  }
  return result;
}

/** Whether they share a number; makes nothing, so it is asked first. */
export function overlap(left: Intervals, right: Intervals): boolean {
  let [i, j] = [0, 0];
  for (let a = left[0], b = right[0]; a !== undefined && b !== undefined; ) {
    if (a[1] < b[0]) a = left[++i];
    else if (b[1] < a[0]) b = right[++j];
    else return true;
  }
  return false;
}

export function without(left: Intervals, right: Intervals): Intervals {
  const result: Interval[] = [];
  let j = 0;
  for (const [first, last] of left) {
    let from = first;
    for (let cut = right[j]; cut !== undefined && cut[1] < from; cut = right[j]) j++;
    for (let k = j; from <= last; k++) {
      const cut = right[k];
      if (cut === undefined || cut[0] > last) break;
      if (cut[0] > from) result.push([from, cut[0] - 1n]);
      from = cut[1] + 1n;
    }
    if (from <= last) result.push([from, last]);
  }
  return result;
}

export function covers(outer: Intervals, inner: Intervals): boolean {
  return without(inner, outer).length === 0;
}

/** How many numbers are in it. */
export function count(set: Intervals): bigint {
  return set.reduce((sum, [first, last]) => sum + last - first + 1n, 0n);
}
