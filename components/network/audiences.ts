/** Whom `entra-connect ports` prints for. Apart, so that the command's help starts fast. */
export const audiences = ["firewall", "rules", "probes"] as const;
/** `firewall`: whoever runs the firewalls on the way. `rules`: the security group. `probes`: what is tried from inside. */
export type Audience = (typeof audiences)[number];
