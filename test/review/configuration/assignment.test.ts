import assert from "node:assert/strict";
import { assign } from "../../../review/configuration/judging/assignment";

const apart = (a: number, b: number): number => Math.abs(a - b);

describe("pairing what belongs together", () => {
  it("takes the pairing with the least cost, not the first that fits", () => {
    assert.deepEqual(assign([1, 2], [2, 3], apart), [
      [1, 2],
      [2, 3],
    ]);
    assert.deepEqual(
      assign([5, 9], [9, 4], (a, b) => (a - b) ** 2),
      [
        [5, 4],
        [9, 9],
      ],
    );
  });

  it("keeps the order where several pairings are equally good", () => {
    const names = ["a", "b", "c", "d"];
    assert.deepEqual(
      assign(names, ["w", "x", "y", "z"], () => 1),
      [
        ["a", "w"],
        ["b", "x"],
        ["c", "y"],
        ["d", "z"],
      ],
    );
  });

  it("leaves over what has no partner, on either side", () => {
    assert.deepEqual(
      assign([7], [1, 7, 9], apart).find(([left]) => left === 7),
      [7, 7],
    );
    assert.deepEqual(assign([], [1], apart), [[undefined, 1]]);
    assert.deepEqual(assign<number>([], [], apart), []);
    assert.equal(assign([1, 2, 3], [2], apart).filter(([, right]) => right === undefined).length, 2);
  });

  it("finds the optimum that trying every pairing finds", () => {
    let seed = 7;
    const random = (): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % 50;
    };
    for (let round = 0; round < 200; round++) {
      const left = Array.from({ length: 4 }, random);
      const right = Array.from({ length: 4 }, random);
      const cost = (a: number, b: number): number => (a * 7 + b * 13) % 17;
      const total = assign(left, right, cost).reduce((sum, [a, b]) => sum + cost(a ?? 0, b ?? 0), 0);
      const best = Math.min(
        ...permutations(right).map((order) => left.reduce((sum, a, index) => sum + cost(a, order[index] ?? 0), 0)),
      );
      assert.equal(total, best, `${left} with ${right}`);
    }
  });

  it("stays quick and finds equal ones where a name occurs a thousand times", () => {
    const many = Array.from({ length: 1000 }, (_, index) => index);
    assert.ok(assign(many, [...many].reverse(), apart).every(([a, b]) => a === b));
  });
});

function permutations(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}
