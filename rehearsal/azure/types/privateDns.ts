import { ArmError, invalidReference } from "../arm/errors";
import { put, putDefault, same, textAt } from "../properties/json";
import { define, inGroup } from "./define";
import { networkTypes } from "./networkUse";
import { zoneType } from "./privateLink";

const linkType = `${zoneType}/virtualNetworkLinks`;
const zonePath = `${inGroup}/${zoneType}/{privateZoneName}`;

export const privateZone = define("privatedns", "PrivateZone", {
  type: zoneType,
  path: zonePath,
  seconds: { create: 10, update: 5, delete: 5 },
  rules: {
    put({ name, body }, subscription) {
      if (!same(textAt(body, "location"), "global"))
        throw new ArmError(
          400,
          "LocationNotAvailableForResourceType",
          `The provided location '${textAt(body, "location")}' is not available for resource type '${zoneType}'. List of available regions for the resource type is 'global'.`,
        );
      if (!name.includes(".")) throw new ArmError(400, "BadRequest", `The DNS zone name '${name}' is not valid.`);
      put(body, "properties.provisioningState", "Succeeded");
      putDefault(body, "properties.maxNumberOfRecordSets", 25_000);
      putDefault(body, "properties.maxNumberOfVirtualNetworkLinks", 1000);
      body.etag = subscription.uuid();
    },
    get(zone, body, subscription) {
      const links = subscription.inside(zone.id).filter((inner) => same(inner.type, linkType));
      put(body, "properties.numberOfVirtualNetworkLinks", links.length);
    },
    refuseDelete(zone, subscription) {
      const links = subscription.inside(zone.id).filter((inner) => same(inner.type, linkType));
      if (links.length > 0)
        throw new ArmError(
          409,
          "CannotDeleteResource",
          `Can not delete resource before nested resources are deleted. Some existing nested resource IDs include: '${links.map(({ id }) => id).join("', '")}'.`,
        );
    },
  },
});

export const virtualNetworkLink = define("privatedns", "VirtualNetworkLink", {
  type: linkType,
  path: `${zonePath}/virtualNetworkLinks/{virtualNetworkLinkName}`,
  seconds: { create: 20, update: 5, delete: 15 },
  rules: {
    put({ id, body }, subscription) {
      const network = textAt(body, "properties.virtualNetwork.id") ?? "";
      if (!same(subscription.get(network)?.type, networkTypes.virtualNetwork)) throw invalidReference(network, id);
      putDefault(body, "properties.registrationEnabled", false);
      put(body, "properties.provisioningState", "Succeeded");
      put(body, "properties.virtualNetworkLinkState", "Completed");
      body.etag = subscription.uuid();
    },
  },
});
