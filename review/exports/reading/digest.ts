import type { Digest } from "./change";

/**
 * A digest of a set of values that grows value by value and does not depend on their order: four 32-bit lanes, each the
 * sum of a mixed hash of every value. Made to tell changes apart, not to withstand somebody who builds collisions.
 */
export class ValuesDigest {
  private a = 0;
  private b = 0;
  private c = 0;
  private d = 0;

  add(operation: string, encoding: string, text: string): void {
    let h1 = 1779033703 ^ operation.length;
    let h2 = 3144134277 ^ text.length;
    let h3 = 1013904242 ^ encoding.length;
    let h4 = 2773480762;
    for (let part = 0; part < 3; part++) {
      const source = part === 0 ? operation : part === 1 ? encoding : text;
      // Two characters a step: certificates and photos are long.
      for (let i = 0; i < source.length; i += 2) {
        const next = i + 1 < source.length ? source.charCodeAt(i + 1) : 0;
        const unit = source.charCodeAt(i) | (next << 16);
        h1 = h2 ^ Math.imul(h1 ^ unit, 597399067);
        h2 = h3 ^ Math.imul(h2 ^ unit, 2869860233);
        h3 = h4 ^ Math.imul(h3 ^ unit, 951274213);
        h4 = h1 ^ Math.imul(h4 ^ unit, 2716044179);
      }
      h4 ^= 0x10000 + part;
    }
    h1 = Math.imul(h3 ^ (h1 >>> 18), 597399067);
    h2 = Math.imul(h4 ^ (h2 >>> 22), 2869860233);
    h3 = Math.imul(h1 ^ (h3 >>> 17), 951274213);
    h4 = Math.imul(h2 ^ (h4 >>> 19), 2716044179);
    this.a = (this.a + (h1 ^ h2 ^ h3 ^ h4)) | 0;
    this.b = (this.b + (h2 ^ h1)) | 0;
    this.c = (this.c + (h3 ^ h1)) | 0;
    this.d = (this.d + (h4 ^ h1)) | 0;
  }

  value(): Digest {
    return [this.a, this.b, this.c, this.d];
  }
}
