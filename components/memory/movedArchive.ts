import type { Check } from "./question";

/** Collections are not moved, and a chain that begins anew elsewhere is a gap in what an archive is for. */
export const movedArchive: Check = ({ settings: { archive }, remembered: { ledger } }) => {
  const before = ledger?.archive;
  if (before === undefined || !before.on || !archive.enabled) return [];
  const own = (account: string): boolean => !account.startsWith("/");
  const away = `archive.enabled: false, and up (what is there stays in Azure); then the other one, and up`;
  const was = own(before.account) ? "no accountId, as before (the account of our own)" : `${before.account} as before`;
  const sameAccount =
    archive.accountId === undefined
      ? own(before.account)
      : before.account.toLowerCase() === archive.accountId.toLowerCase();
  return [
    ...(sameAccount
      ? []
      : [
          {
            path: "archive.accountId",
            problem: `this server's collections are in ${before.account}, and they are not moved to ${archive.accountId ?? "an account of our own"}`,
            write: `${was}; or ${away}`,
          },
        ]),
    ...(before.container === archive.containerName
      ? []
      : [
          {
            path: "archive.containerName",
            problem: `this server's collections are in the container ${before.container}, and they are not moved to ${archive.containerName}`,
            write: `${before.container} as before; or ${away}`,
          },
        ]),
  ];
};
