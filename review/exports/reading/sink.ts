/**
 * What the two readers of an export file (the scanner and the library) tell, in the same words, to the one place that
 * understands the format (objectReader.ts). They differ only in how they find it out.
 */

/** What is wanted of an element. */
export const skip = 0;
/** Its children. */
export const enter = 1;
/** Its text and its children. */
export const read = 2;
/** Some of its children; see `refuse`. */
export const sift = 3;
/** Nothing, and no more of a child with the same tag in any other sifted element of the same name. */
export const refuse = 4;
export type Interest = typeof skip | typeof enter | typeof read | typeof sift | typeof refuse;
export const isSkipped = (interest: Interest): boolean => interest === skip || interest === refuse;

/** The attributes of the element being opened; only valid during `open`. */
export interface Attributes {
  get(name: string): string | undefined;
}

export interface ElementSink {
  /** `at`: where the tag starts, in bytes of the file; -1 where the reader does not know. */
  open(name: string, attributes: Attributes, at: number): Interest;
  /** Only inside an element opened with `read`; may come in several pieces. */
  text(piece: string): void;
  /** Not called for skipped elements. `end`: the byte after the tag; -1 where the reader does not know. */
  close(end: number): void;
}

/** The file is XML, but not the file that was asked for. The reader adds file and position. */
export class NotAnExport extends Error {
  override readonly name = "NotAnExport";
}

/** A real export nests 7 levels. */
export const deepest = 64;
/** Longest single name, attribute or value that is read, in characters; a photo in an attribute has some 150,000. */
export const longestValue = 32 * 1024 * 1024;

export const objectElement = "cs-object";
export const nestedObject =
  "a cs-object stands inside another element; in an export every cs-object is a direct child of cs-objects " +
  "(is this several files joined, or a damaged one?)";
