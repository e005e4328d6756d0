import { ArmError } from "../arm/errors";
import { type JsonObject, objectAt, objectsAt, put, putDefault, same, textAt } from "../properties/json";
import type { Range } from "./addresses";
import { define, inGroup } from "./define";
import { bastionShape } from "./networkShapes";
import { inUse, mustBeInRegion, mustExist, networkTypes, userOfPublicAddress } from "./networkUse";
import type { PutRequest, Subscription } from "./resourceType";

const subnetName = "AzureBastionSubnet";
/** /26 or larger. */
const smallest = 64;

/** What Azure asks of the subnet that has Bastion's name. */
export function subnetOfBastion(
  { name, body, id }: Pick<PutRequest, "id" | "name" | "body">,
  ranges: readonly Range[],
): void {
  if (!same(name, subnetName)) return;
  if (textAt(body, "properties.routeTable.id") !== undefined)
    throw new ArmError(
      400,
      // Azure/Azure-Landing-Zones #1679.
      "RouteTableCannotBeAttachedForAzureBastionSubnet",
      `Route table cannot be attached for AzureBastionSubnet ${id}.`,
    );
  for (const { first, last, prefix } of ranges)
    if (last - first + 1 < smallest)
      // Azure's own code for it is not known; a Bastion in a smaller one is refused (MicrosoftDocs/azure-docs #102557).
      throw new ArmError(400, "BadRequest", `The prefix ${prefix} of ${id} must be /26 or larger.`);
}

function refuseSku(body: JsonObject, id: string): void {
  const sku = textAt(body, "sku.name") ?? "Standard";
  const tunneling = objectAt(body, "properties")?.enableTunneling === true;
  if (tunneling && !["standard", "premium"].includes(sku.toLowerCase()))
    throw new ArmError(400, "BadRequest", `Bastion ${id} of the SKU ${sku} cannot have native client support.`);
  const units = objectAt(body, "properties")?.scaleUnits;
  if (typeof units === "number" && (units < 2 || units > 50))
    throw new ArmError(400, "BadRequest", `Bastion ${id} must have 2 to 50 scale units, not ${units}.`);
}

function refusePlace(
  configuration: JsonObject,
  { id, body }: Pick<PutRequest, "id" | "body">,
  subscription: Subscription,
): void {
  const [location, sku] = [textAt(body, "location"), textAt(body, "sku.name")];
  const subnet = textAt(configuration, "properties.subnet.id") ?? "";
  mustExist(subnet, networkTypes.subnet, id, subscription);
  if (!same(subnet.split("/").at(-1), subnetName))
    throw new ArmError(
      400,
      // hashicorp/terraform-provider-azurerm #15365.
      "SubnetNameMustBeAzureBastionSubnet",
      `Subnet name ${subnet} is invalid for Azure Bastion. Azure Bastion can only be created in subnet with name 'AzureBastionSubnet'.`,
    );
  mustBeInRegion(subnet.split("/").slice(0, -2).join("/"), location, id, subscription);
  const address = textAt(configuration, "properties.publicIPAddress.id");
  // Only one of the SKU Premium can do without (azure-docs, bastion/private-only-deployment.md).
  if (address === undefined && !same(sku, "Premium"))
    throw new ArmError(400, "BadRequest", `Bastion ${id} needs a publicIPAddress in its IP configuration.`);
  mustExist(address, networkTypes.publicAddress, id, subscription);
  const found = subscription.get(address ?? "");
  if (found && !same(textAt(found.body, "sku.name"), "Standard"))
    throw new ArmError(
      400,
      "BadRequest",
      `Bastion ${id} needs a public IP address of sku Standard; ${found.id} is not.`,
    );
}

export const bastionHost = define("network", "BastionHost", {
  type: networkTypes.bastion,
  path: `${inGroup}/Microsoft.Network/bastionHosts/{bastionHostName}`,
  shape: bastionShape,
  seconds: { create: 300, update: 60, delete: 120 },
  rules: {
    put({ id, body, existing }, subscription) {
      refuseSku(body, id);
      if (objectsAt(body, "properties.ipConfigurations").length !== 1)
        throw new ArmError(400, "BadRequest", `Bastion ${id} must have one IP configuration (ipConfigurations).`);
      for (const configuration of objectsAt(body, "properties.ipConfigurations")) {
        const name = textAt(configuration, "name") ?? "";
        refusePlace(configuration, { id, body }, subscription);
        const address = textAt(configuration, "properties.publicIPAddress.id");
        const own = `${id}/bastionHostIpConfigurations/${name}`;
        const user = address === undefined ? undefined : userOfPublicAddress(address, subscription);
        if (user !== undefined && !same(user, own))
          throw inUse(
            "PublicIPAddressInUse",
            `Resource ${own} is referencing public IP address ${address ?? ""} that is already allocated to resource ${user}.`,
          );
        stampConfiguration(configuration, own);
      }
      put(body, "properties.provisioningState", "Succeeded");
      body.etag = `W/"${subscription.uuid()}"`;
      put(
        body,
        "properties.dnsName",
        textAt(existing?.body, "properties.dnsName") ?? `bst-${subscription.uuid()}.bastion.azure.com`,
      );
    },
  },
});

function stampConfiguration(configuration: JsonObject, id: string): void {
  configuration.id = id;
  put(configuration, "properties.provisioningState", "Succeeded");
  putDefault(configuration, "properties.privateIPAllocationMethod", "Dynamic");
}
