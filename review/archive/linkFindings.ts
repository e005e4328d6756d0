import type { Finding } from "../verdict";
import type { Collection } from "./collection";
import type { Chain, Member } from "./listing";
import { readName } from "./name";
import { found } from "./rules/table";
import { namesText, whoseText } from "./text";

/** A collection and where it lies. */
export interface Placed {
  readonly member: Member;
  readonly collection: Collection;
}

/** Whether each collection that was read follows the one that it names. */
export function linkFindings(chain: Chain, read: readonly Placed[]): readonly Finding[] {
  const links = new Links(chain, read);
  return [
    ...read.flatMap((placed) => links.of(placed)),
    ...links.forks(),
    ...links.twice(),
    ...scripts(whoseText(chain), read),
  ];
}

class Links {
  private readonly who: string;
  private readonly listed: ReadonlyMap<string, Member>;
  private readonly byName: ReadonlyMap<string, Placed>;
  private readonly forked: readonly (readonly Placed[])[];

  constructor(
    private readonly chain: Chain,
    private readonly read: readonly Placed[],
  ) {
    this.who = whoseText(chain);
    this.listed = new Map(chain.members.map((member) => [member.name, member]));
    this.byName = new Map(read.map((placed) => [placed.member.name, placed]));
    const followers = new Map<string, Placed[]>();
    for (const placed of read) {
      const { previous } = placed.collection.link;
      if (previous !== null) followers.set(previous.name, [...(followers.get(previous.name) ?? []), placed]);
    }
    this.forked = [...followers.values()].filter(({ length }) => length > 1);
  }

  of(placed: Placed): readonly Finding[] {
    const { link } = placed.collection;
    return link.previous === null ? this.beginning(placed) : this.following(placed, link.previous);
  }

  private beginning({ member, collection: { link } }: Placed): readonly Finding[] {
    if (link.startedAnew !== null)
      return [
        found(
          "started-anew",
          this.who,
          `${this.who}: with ${member.name} the chain begins anew. The server says why: ${link.startedAnew}`,
        ),
      ];
    const [first] = this.chain.members;
    const earlier = first?.name === member.name ? undefined : first;
    if (link.sequence === 1 && earlier === undefined) return [];
    return [
      found(
        "beginning-without-reason",
        this.who,
        `${this.who}: ${member.name} names none before it${earlier === undefined ? "" : `, although ${earlier.name} is there`}.`,
      ),
    ];
  }

  private following(
    { member, collection: { link } }: Placed,
    previous: NonNullable<Collection["link"]["previous"]>,
  ): readonly Finding[] {
    const broken = (what: string): readonly Finding[] => [
      found("chain-broken", this.who, `${this.who}: ${member.name} ${what}`),
    ];
    const name = readName(previous.name);
    if (name === undefined || name.chain !== link.chain || name.sequence !== link.sequence - 1)
      return broken(`says that it follows ${previous.name}, which is not number ${link.sequence - 1} of its chain.`);
    const before = this.listed.get(previous.name);
    if (before === undefined) return this.absent(member, name.sequence, previous);
    const known = this.byName.get(previous.name)?.collection.manifestSha256 ?? before.first.metadata?.manifestsha256;
    if (known === undefined || known.toLowerCase() === previous.manifestSha256) return [];
    return broken(
      `names another manifest of ${previous.name} (${previous.manifestSha256.slice(0, 16)}…) than the one that is there (${known.slice(0, 16)}…): one of the two was exchanged.`,
    );
  }

  /** What is not there is a gap or the beginning, told by number; unless another one has taken its number. */
  private absent(member: Member, sequence: number, previous: { name: string; manifestSha256: string }) {
    const instead = this.chain.members.find((other) => other.sequence === sequence);
    if (instead === undefined) {
      const lowest = this.chain.members[0];
      if (lowest === undefined || lowest.sequence > sequence || this.isCountedAsGap(sequence)) return [];
      return [
        found("sequence-gap", this.who, `${this.who}: ${previous.name}, which ${member.name} follows, is not there.`),
      ];
    }
    return [
      found(
        "chain-broken",
        this.who,
        `${this.who}: ${member.name} follows ${previous.name}, which is not there; ${instead.name} has its number.`,
      ),
    ];
  }

  private isCountedAsGap(sequence: number): boolean {
    return (
      this.chain.members.some((other) => other.sequence < sequence) &&
      this.chain.members.some((other) => other.sequence > sequence)
    );
  }

  forks(): readonly Finding[] {
    return this.forked.map((followers) =>
      found(
        "chain-forked",
        this.who,
        `${this.who}: ${namesText(followers.map(({ member }) => member.name))} all follow ${followers[0]?.collection.link.previous?.name ?? ""}.`,
      ),
    );
  }

  /** One number for two: explained by a new beginning, told as a fork, or neither. */
  twice(): readonly Finding[] {
    const numbers = new Map<number, Placed[]>();
    for (const placed of this.read)
      numbers.set(placed.member.sequence, [...(numbers.get(placed.member.sequence) ?? []), placed]);
    return [...numbers].flatMap(([number, placed]) => {
      const unexplained = placed.filter((each) => !this.beganAnew(each));
      if (unexplained.length < 2 || this.forked.some((fork) => unexplained.every((each) => fork.includes(each))))
        return [];
      const names = namesText(unexplained.map(({ member }) => member.name));
      return [found("sequence-twice", this.who, `${this.who}: number ${number} is there twice: ${names}.`)];
    });
  }

  /** Whether the way back from it ends at a beginning that says why it is one. */
  private beganAnew(placed: Placed): boolean {
    const seen = new Set<string>();
    let at: Placed | undefined = placed;
    while (at !== undefined && !seen.has(at.member.name)) {
      seen.add(at.member.name);
      const { link }: Collection = at.collection;
      if (link.previous === null) return link.startedAnew !== null;
      at = this.byName.get(link.previous.name);
    }
    return false;
  }
}

function scripts(who: string, read: readonly Placed[]): readonly Finding[] {
  const byVersion = new Map<string, { readonly sha256: string; readonly name: string }>();
  return read.flatMap(({ member, collection: { link } }) => {
    if (link.script === null) return [];
    const { version, sha256 } = link.script;
    const before = byVersion.get(version);
    byVersion.set(version, { sha256, name: member.name });
    if (before === undefined || before.sha256 === sha256) return [];
    return [
      found(
        "script-changed",
        who,
        `${who}: the script of ${member.name} is another one than that of ${before.name}, both of version ${version}.`,
      ),
    ];
  });
}
