import assert from "node:assert/strict";
import { compareSecurityRules, type RuleSet, reachOf, readSecurityRules } from "../../../review/posture/securityRules";
import { insideEnds, isAllowed, isIn, outsideEnds, type Packet, type WrittenRule } from "./reachOracle";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The same numbers for the same seed on every machine (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const prefixes = [
  "*",
  "Internet",
  "VirtualNetwork",
  "AzureLoadBalancer",
  "AzureCloud",
  "Storage",
  "Storage.WestEurope",
  "0.0.0.0/0",
  "::/0",
  "0.0.0.0/1",
  "10.0.0.0/8",
  "10.0.0.0/24",
  "10.0.0.4",
  "203.0.113.0/24",
  "203.0.113.5/32",
  "20.1.1.0/31",
  "2001:db8::/32",
  "fd00::/8",
];
const ports = ["*", "22", "3389", "20-30", "3380-6000", "0-65535", "443"];

class Dice {
  private readonly next: () => number;
  constructor(seed: number) {
    this.next = numbers(seed);
  }
  below(count: number): number {
    return Math.floor(this.next() * count);
  }
  one<Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }
  some<Item>(items: readonly Item[]): readonly Item[] {
    return Array.from({ length: 1 + this.below(2) }, () => this.one(items));
  }
  rule(priority: number): WrittenRule {
    return {
      name: `r${priority}`,
      priority,
      access: this.one(["Allow", "Deny"]),
      direction: this.one(["Inbound", "Inbound", "Outbound"]),
      protocol: this.one(["*", "Tcp", "Udp"]),
      sourceAddressPrefixes: this.some(prefixes),
      destinationAddressPrefixes: this.one([["*"], ["VirtualNetwork"], this.some(prefixes)]),
      sourcePortRanges: this.one([["*"], ["*"], ["1000-2000"]]),
      destinationPortRanges: this.some(ports),
    };
  }
  rules(): readonly WrittenRule[] {
    return Array.from({ length: 1 + this.below(6) }, (_, index) => this.rule(100 + index * 10));
  }
}

const everyPacket: readonly Packet[] = (["Inbound", "Outbound"] as const).flatMap((direction) =>
  [...outsideEnds, ...insideEnds].flatMap((far) =>
    insideEnds.flatMap((own) =>
      ["Tcp", "Udp", "Icmp"].flatMap((protocol) =>
        [22, 3389, 443, 8080].flatMap((destinationPort) =>
          [1500, 50000].map((sourcePort): Packet => {
            const [source, destination] = direction === "Inbound" ? [far, own] : [own, far];
            return { direction, source, destination, protocol, sourcePort, destinationPort };
          }),
        ),
      ),
    ),
  ),
);

/** Some of them, others for every seed. */
function packetsOf(seed: number): readonly Packet[] {
  const dice = new Dice(seed * 31);
  return Array.from({ length: 160 }, () => dice.one(everyPacket));
}

function read(rules: readonly object[]): RuleSet {
  const set = readSecurityRules({
    type: "azure-native:network:NetworkSecurityGroup",
    name: "nsg",
    inputs: { securityRules: rules },
  });
  assert.ok(set);
  // IPv6 counts in these cases whether a rule names it or not.
  return { ...set, namesIPv6: true };
}

/** What is told of a packet is written only when it is wrong: there are a hundred thousand of them. */
const judge = (right: boolean, seed: number, what: string, packet: Packet, rules: unknown): void => {
  if (!right) assert.fail(`seed ${seed}${what}: ${JSON.stringify({ packet, rules })}`);
};

describe("reach of security rules against every single packet (seeded)", () => {
  it("lets through exactly what the first fitting rule lets through", () => {
    let through = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const rules = new Dice(seed).rules();
      const { least, most } = reachOf(read(rules));
      for (const packet of packetsOf(seed)) {
        const allowed = isAllowed(packet, rules);
        if (allowed) through++;
        judge(isIn(packet, least) === allowed, seed, ", at least", packet, rules);
        judge(isIn(packet, most) === allowed, seed, ", at most", packet, rules);
      }
    }
    assert.ok(through > 1000, `${through} packets got through: both answers are met`);
  });

  it("opens and closes exactly the packets whose fate changes", () => {
    const seen = { opened: 0, closed: 0 };
    for (let seed = 1001; seed <= 1100; seed++) {
      const dice = new Dice(seed);
      const before = dice.rules();
      // Half of the changes are small: one rule more, one less.
      const after = seed % 2 === 0 ? dice.rules() : [...before.slice(1), dice.rule(105)];
      const difference = compareSecurityRules(read(before), read(after));
      const opened = difference.opened.map(({ traffic }) => traffic);
      const closed = difference.closed.map(({ traffic }) => traffic);
      assert.deepEqual([difference.perhapsOpened, difference.perhapsClosed], [[], []]);
      for (const packet of packetsOf(seed)) {
        const [old, now] = [isAllowed(packet, before), isAllowed(packet, after)];
        if (!old && now) seen.opened++;
        if (old && !now) seen.closed++;
        judge(isIn(packet, opened) === (!old && now), seed, ", opened", packet, { before, after });
        judge(isIn(packet, closed) === (old && !now), seed, ", closed", packet, { before, after });
      }
    }
    assert.ok(seen.opened > 200 && seen.closed > 200, JSON.stringify(seen));
  });

  it("with unknown parts is never wrong, whatever they turn out to be", () => {
    const keys = [
      "access",
      "direction",
      "priority",
      "protocol",
      "sourceAddressPrefixes",
      "destinationAddressPrefixes",
      "destinationPortRanges",
    ] as const;
    let open = 0;
    for (let seed = 2001; seed <= 2100; seed++) {
      const dice = new Dice(seed);
      const rules = dice.rules();
      const hidden = dice.below(rules.length);
      const key = dice.one(keys);
      const {
        least,
        most,
        unknown: paths,
      } = reachOf(read(rules.map((rule, index) => (index === hidden ? { ...rule, [key]: unknown } : rule))));
      assert.deepEqual(paths, [`securityRules[${hidden}].${key}`], "where it is unknown");
      const worlds = Array.from({ length: 6 }, () => {
        // Not a priority of another rule: Azure refuses that.
        const other = { ...dice.rule(101 + 10 * dice.below(8)) };
        return rules.map((rule, index) => (index === hidden ? { ...rule, [key]: other[key] } : rule));
      });
      for (const packet of packetsOf(seed)) {
        const [surely, perhaps] = [isIn(packet, least), isIn(packet, most)];
        for (const world of [rules, ...worlds]) {
          const allowed = isAllowed(packet, world);
          judge(!surely || allowed, seed, `, ${key}: surely through`, packet, world);
          judge(!allowed || perhaps, seed, `, ${key}: surely not through`, packet, world);
        }
        if (surely !== perhaps) open++;
      }
    }
    assert.ok(open > 100, `${open} packets were left open`);
  });

  it("a comparison with unknown parts says for certain only what is certain", () => {
    for (let seed = 3001; seed <= 3040; seed++) {
      const dice = new Dice(seed);
      const [before, after] = [dice.rules(), dice.rules()];
      const hidden = dice.below(after.length);
      const seen = after.map((rule, index) =>
        index === hidden ? { ...rule, sourceAddressPrefixes: [unknown] } : rule,
      );
      const difference = compareSecurityRules(read(before), read(seen));
      const traffic = (changes: typeof difference.opened) => changes.map((change) => change.traffic);
      for (const packet of packetsOf(seed)) {
        const [old, now] = [isAllowed(packet, before), isAllowed(packet, after)];
        if (isIn(packet, traffic(difference.opened))) assert.ok(!old && now, `seed ${seed}`);
        if (isIn(packet, traffic(difference.closed))) assert.ok(old && !now, `seed ${seed}`);
        if (!old && now)
          assert.ok(isIn(packet, traffic([...difference.opened, ...difference.perhapsOpened])), `seed ${seed}`);
        if (old && !now)
          assert.ok(isIn(packet, traffic([...difference.closed, ...difference.perhapsClosed])), `seed ${seed}`);
      }
    }
  });

  it("is the same whatever the order in which the rules are written", () => {
    for (let seed = 4001; seed <= 4060; seed++) {
      const rules = new Dice(seed).rules();
      const { opened, closed, deniesGone } = compareSecurityRules(read(rules), read([...rules].reverse()));
      assert.deepEqual([opened, closed, deniesGone], [[], [], []], `seed ${seed}`);
    }
  });
});
