import { type ObjectShape, resources, type Shape } from "./shape";

/** Version of the genuine plugin that this one stands in for. */
export const pluginVersion = "1.2.1";

/** The package schema, as far as the shapes tell it: resources, inputs, types; without descriptions and languages. */
export function packageSchema(): string {
  const types: Record<string, unknown> = {};
  const described: Record<string, unknown> = {};
  for (const { kind, inputs, outputs } of resources.values()) {
    described[`command:${kind}`] = {
      properties: properties(outputs, types),
      required: requiredNames(outputs),
      inputProperties: properties(inputs, types),
      requiredInputs: requiredNames(inputs),
    };
  }
  return JSON.stringify({ name: "command", version: pluginVersion, types, provider: {}, resources: described });
}

function requiredNames(shape: ObjectShape): string[] {
  return shape.fields.filter((field) => field.required).map((field) => field.name);
}

function properties(shape: ObjectShape, types: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    shape.fields.map(({ name, shape: inner, secret, replaces, byDefault }) => [
      name,
      {
        ...describe(inner, types),
        ...(secret ? { secret } : {}),
        ...(replaces ? { replaceOnChanges: true } : {}),
        ...(byDefault === undefined ? {} : { default: byDefault }),
      },
    ]),
  );
}

function describe(shape: Shape, types: Record<string, unknown>): object {
  switch (shape.kind) {
    case "string":
    case "number":
    case "integer":
    case "boolean":
      return { type: shape.kind };
    case "any":
      return { $ref: "pulumi.json#/Any" };
    case "assetOrArchive":
      return { $ref: "pulumi.json#/Asset" };
    case "list":
      return { type: "array", items: describe(shape.element, types) };
    case "map":
      return { type: "object", additionalProperties: describe(shape.element, types) };
    case "object": {
      const token = `command:${shape.goPackage}:${shape.goName}`;
      types[token] ??= { type: "object", properties: properties(shape, types), required: requiredNames(shape) };
      return { $ref: `#/types/${token}` };
    }
  }
}
