/**
 * Logical names that this library gives, by which a reviewer of its stacks knows its resources: here, because components and
 * reviewers both need them.
 */

/** Of the protected item of one generation's machine, below the backup's own name. */
export const protectedItemName = (backup: string, generation: number): string => `${backup}-g${generation}-item`;

/** Number and component that such a name tells; undefined of any other name. */
export function ownProtectedItem(
  name: string,
): { readonly component: string; readonly generation: number } | undefined {
  const [, component, number] = /^(.+)-backup-g([1-9]\d*)-item$/u.exec(name) ?? [];
  return component === undefined ? undefined : { component, generation: Number(number) };
}

/** Account and container of an archive of ours: what holds its collections. */
export const isOwnArchive = (name: string): boolean => /^.+-archive-(account|container)$/u.test(name);

/** Of one alert of one generation, below the monitoring component's own name. */
export const alertRuleName = (monitoring: string, server: string, alert: string): string =>
  `${monitoring}-${server}-${alert}`;

/** Component, generation and alert that such a name tells; undefined of any other name, servers outside of the stack included. */
export function ownAlertRule(
  name: string,
): { readonly component: string; readonly generation: number; readonly alert: string } | undefined {
  const [, component, number, alert] = /^(.+)-monitoring-g([1-9]\d*)-([a-z0-9-]+)$/u.exec(name) ?? [];
  return component === undefined || alert === undefined ? undefined : { component, generation: Number(number), alert };
}
