import { nameProblem } from "../../../azure/names";
import { hasZones, regionFamiliarity, regionName, regions } from "../../../azure/regions";
import {
  longestTagValue,
  mostTags,
  reservedTagCharacters,
  shorterTagNames,
  type TagProblem,
  tagProblems,
} from "../../../azure/tags";
import { isObject, type JsonObject, textAt, textsAt } from "../properties/json";
import { refuseUnpublished } from "../published/published";
import type { PutRequest, ResourceType, Subscription } from "../types/resourceType";
import { ArmError } from "./errors";
import { resourceGroupType } from "./ids";

/**
 * What ARM and the services refuse of any resource, whatever its own rules are: its name, region, zones and tags, and
 * what its published type does not allow.
 */
export function refuseWrongValues(request: PutRequest, type: ResourceType, subscription: Subscription): void {
  const { body, existing } = request;
  if (!existing) refuseName(type.type, request.name);
  if (!existing && type.located) refuseRegion(type, textAt(body, "location"), subscription);
  if (!existing) refuseZones(request, type, subscription);
  refuseTags(type.type, body);
  refuseUnpublished(type, request.apiVersion, body);
}

export function refuseName(type: string, name: string): void {
  const rule = nameProblem(type, name);
  if (rule === undefined) return;
  const code = type === resourceGroupType ? "InvalidResourceGroupName" : "InvalidResourceName";
  const length = rule.shortest > 1 ? `must be ${rule.shortest} to ${rule.longest}` : `can be up to ${rule.longest}`;
  throw new ArmError(400, code, `Resource name ${name} is invalid. The name ${length} characters long. ${rule.words}`);
}

/** Words: azure-rest-api-specs pull request 8347 for resources, cb-spider issue 527 for groups. */
function refuseRegion(type: ResourceType, location: string | undefined, subscription: Subscription): void {
  if (location === undefined || regionName(location) === "global") return;
  if (regionFamiliarity(location).kind === "known" || subscription.alsoKnows(regionName(location))) return;
  const list = `'${regions.join(",")}'`;
  throw type.type === resourceGroupType
    ? new ArmError(
        400,
        "LocationNotAvailableForResourceGroup",
        `The provided location '${location}' is not available for resource group. List of available regions is ${list}.`,
      )
    : new ArmError(
        400,
        "LocationNotAvailableForResourceType",
        `The provided location '${location}' is not available for resource type '${type.type}'. List of available regions for the resource type is ${list}.`,
      );
}

/** Where neither the list nor this world knows of zones in the region. */
export function lacksZones(location: string, subscription: Subscription): boolean {
  return hasZones(location) === false && !subscription.alsoKnows(`${regionName(location)}/zones`);
}

/** Words: cluster-api-provider-azure issue 294; a zone that does not exist: docs of the zone's form only. */
function refuseZones({ id, body, apiVersion }: PutRequest, type: ResourceType, subscription: Subscription): void {
  const zones = textsAt(body, "zones");
  if (zones.length === 0) return;
  const location = textAt(body, "location") ?? "";
  if (lacksZones(location, subscription))
    throw new ArmError(
      400,
      "ResourceTypeNotSupportAvailabilityZones",
      `The resource type '${type.type.split("/").slice(1).join("/")}' does not support availability zones at location '${location}' and api-version '${apiVersion}'.`,
    );
  if (zones.some((zone) => !/^[1-4]$/.test(zone) || (zone === "4" && !/euap$/i.test(location))))
    throw new ArmError(
      400,
      "InvalidAvailabilityZone",
      `The zone(s) '${zones.join(",")}' for resource '${id}' is not supported. The supported zones for location '${location}' are '1,2,3'.`,
    );
}

/** Code and words of the characters: public scripts that repeat them (facts: none); the others are the rehearsal's own. */
function refuseTags(type: string, body: JsonObject): void {
  if (!isObject(body.tags)) return;
  const texts = Object.entries(body.tags).map(
    ([name, value]) => [name, typeof value === "string" ? value : ""] as const,
  );
  const longestName = shorterTagNames[type.toLowerCase()];
  const [problem] = tagProblems(Object.fromEntries(texts), longestName === undefined ? {} : { longestName });
  if (problem !== undefined) throw tagRefusal(problem);
}

function tagRefusal(problem: TagProblem): ArmError {
  switch (problem.kind) {
    case "too many":
      return new ArmError(
        400,
        "TooManyTags",
        `Too many tags: ${problem.count}. A resource or resource group can have ${mostTags} tags.`,
      );
    case "no name":
      return new ArmError(400, "InvalidTagName", "A tag has no name.");
    case "character":
      return new ArmError(
        400,
        "InvalidTagNameCharacters",
        `The tag names '${problem.name}' have reserved characters '${reservedTagCharacters.join(",")}' or control characters.`,
      );
    case "long name":
      return new ArmError(
        400,
        "InvalidTagName",
        `Tag key too large. Following tag name '${problem.name}' exceeded the maximum length. Maximum allowed length for tag name - '${problem.longest}' characters.`,
      );
    case "reserved name":
      return new ArmError(
        400,
        "InvalidTagName",
        `The tag name '${problem.name}' begins with a reserved prefix: microsoft, azure, windows.`,
      );
    case "twin":
      return new ArmError(
        400,
        "DuplicateTagName",
        `The tag names '${problem.other}' and '${problem.name}' are the same: tag names are case-insensitive.`,
      );
    case "long value":
      return new ArmError(
        400,
        "InvalidTagValue",
        `Tag value too large. Following tag value of '${problem.name}' exceeded the maximum length. Maximum allowed length for tag value - '${longestTagValue}' characters.`,
      );
  }
}
