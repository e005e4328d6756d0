import { nestedEnvelope, type Shape, topLevelEnvelope } from "../properties/shape";

/** Where Microsoft.Network nests resources in one another, each with `properties` of its own. */
const leaf: Shape = { envelope: nestedEnvelope };

export const securityRuleShape: Shape = {
  envelope: nestedEnvelope,
  nested: { sourceApplicationSecurityGroups: () => leaf, destinationApplicationSecurityGroups: () => leaf },
};

const groupParts = {
  securityRules: () => securityRuleShape,
  defaultSecurityRules: () => securityRuleShape,
  networkInterfaces: () => leaf,
  subnets: () => leaf,
};
export const securityGroupShape: Shape = { envelope: topLevelEnvelope, nested: groupParts };
const nestedGroup: Shape = { envelope: nestedEnvelope, nested: groupParts };

export const routeTableShape: Shape = {
  envelope: topLevelEnvelope,
  nested: { routes: () => leaf, subnets: () => leaf },
};

export const publicAddressShape: Shape = {
  envelope: topLevelEnvelope,
  nested: {
    ipConfiguration: () => leaf,
    natGateway: () => leaf,
    linkedPublicIPAddress: () => leaf,
    servicePublicIPAddress: () => leaf,
  },
};

export const subnetShape: Shape = {
  envelope: nestedEnvelope,
  nested: {
    networkSecurityGroup: () => nestedGroup,
    routeTable: () => ({ envelope: nestedEnvelope, nested: { routes: () => leaf } }),
    delegations: () => leaf,
    ipConfigurations: () => leaf,
    privateEndpoints: () => leaf,
    serviceEndpointPolicies: () => leaf,
    applicationGatewayIPConfigurations: () => leaf,
  },
};

export const virtualNetworkShape: Shape = {
  envelope: topLevelEnvelope,
  nested: { subnets: () => subnetShape, virtualNetworkPeerings: () => leaf, flowLogs: () => leaf },
};

const ipConfigurationShape: Shape = {
  envelope: nestedEnvelope,
  nested: {
    subnet: () => subnetShape,
    publicIPAddress: () => publicAddressShape,
    applicationSecurityGroups: () => leaf,
    loadBalancerBackendAddressPools: () => leaf,
    loadBalancerInboundNatRules: () => leaf,
  },
};

export const interfaceShape: Shape = {
  envelope: topLevelEnvelope,
  nested: { ipConfigurations: () => ipConfigurationShape, networkSecurityGroup: () => nestedGroup },
};

export const bastionShape: Shape = {
  envelope: topLevelEnvelope,
  nested: { ipConfigurations: () => ipConfigurationShape },
};

export const leafShape: Shape = { envelope: topLevelEnvelope };
