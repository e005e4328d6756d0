import { entriesWithoutDependencies, remarkEntries } from "./encode";
import { equal } from "./equality";
import type { Property, PropertyMap } from "./property";
import { containsSecrets, nullProperty, secret } from "./property";
import type { ResourceShape } from "./shape";

export interface ResultQuestion {
  /** The outputs, plain: inputs as decoded, and what the operation made of them. */
  readonly outputs: PropertyMap;
  readonly inputs: PropertyMap;
  /** The whole old state in an update; undefined in a create. */
  readonly state?: PropertyMap;
  readonly preview: boolean;
  readonly shape: ResourceShape;
}

/** The properties that Create and Update answer with: marks as sent, unknown in a preview where they may change. */
export function resultProperties(question: ResultQuestion): PropertyMap {
  const { inputs, preview } = question;
  const marked = remarkEntries(question.outputs, inputs, preview);
  const answer = new Map<string, Property>();
  for (const [key, value] of marked) {
    const known = preview ? withUnknown(key, value, question) : value;
    answer.set(key, withSecret(known, inputs.get(key)));
  }
  return entriesWithoutDependencies(answer);
}

function withUnknown(key: string, value: Property, question: ResultQuestion): Property {
  const { inputs, state } = question;
  const input = inputs.get(key);
  if (value.kind === "unknown" || (input !== undefined && same(input, value))) return value;
  if (state === undefined || somethingChanged(inputs, state, question.shape)) {
    return { kind: "unknown", secret: value.secret, dependencies: [] };
  }
  return value;
}

/** An input that the old state does not have counts only where it is unknown as a whole. */
function somethingChanged(inputs: PropertyMap, state: PropertyMap, shape: ResourceShape): boolean {
  return shape.inputs.fields.some(({ name }) => {
    const [input, old] = [inputs.get(name) ?? nullProperty, state.get(name)];
    return input.kind === "unknown" || (old !== undefined && !same(input, old));
  });
}

function withSecret(value: Property, input: Property | undefined): Property {
  if (value.secret || input === undefined || same(input, value)) return value;
  return containsSecrets(input) ? secret(value) : value;
}

const same = (a: Property, b: Property): boolean => equal(a, b, { dependencies: false });
