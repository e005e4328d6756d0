import { type forms, prefix } from "./forms";

export const bastion = {
  type: "object",
  additionalProperties: false,
  required: ["subnetPrefix"],
  properties: {
    existingId: {
      type: "string",
      format: "bastion-id" satisfies keyof typeof forms,
      description:
        "Resource id of a Bastion that exists, in any letter case; it is only read. Default: one is made in the network of our own, with the SKU Standard and native client support. [in place: ours is deleted where one is named]",
    },
    subnetPrefix: {
      ...prefix,
      description:
        "Prefix of its subnet AzureBastionSubnet, /26 or larger: a part of network.addressSpace beside network.subnetPrefix for one of our own, else that of the Bastion's own. Remote desktop is let in from there, SSH only with access.tunnel. [in place for an existing one: security group rules of passive generations; refused by Azure for one of our own while Bastion stands in it]",
    },
    scaleUnits: {
      type: "integer",
      minimum: 2,
      maximum: 50,
      default: 2,
      description: "Instances of a Bastion of our own. [in place]",
    },
  },
  description:
    "Azure Bastion, the operator's and, with access.tunnel, Pulumi's way in. Default: none. [in place: security group rules of passive generations; taking out one of our own ends sessions in it. Refused while a generation is active, unless network.changeUnderActive stands]",
} as const;
