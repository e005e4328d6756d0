import type { HazardCode } from "../../../review/preview/hazardTable";

export interface Case {
  readonly name: string;
  readonly preview: unknown;
}

export type Cases = Readonly<
  Partial<Record<HazardCode, { readonly raises: readonly Case[]; readonly silent: readonly Case[] }>>
>;
