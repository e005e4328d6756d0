import { blockPath, type Check, problem } from "../context";

/** Azure's list for `osProfile.adminUsername` (ARM description of API version 2024-11-01). */
const reserved: ReadonlySet<string> = new Set(
  (
    "administrator admin user user1 test user2 test1 user3 admin1 1 123 a actuser adm admin2 aspnet backup console " +
    "david guest john owner root server sql support support_388945a0 sys test2 test3 user4 user5"
  ).split(" "),
);

export const administratorNames: Check = {
  concern: "the administrator has none of the names that Azure reserves",
  runs: "whenBuiltIsKnown",
  judge: ({ generations }, { built }) =>
    generations
      .filter(
        ({ generation, administratorName }) =>
          built[generation]?.administratorName !== administratorName && reserved.has(administratorName.toLowerCase()),
      )
      .map(({ generation, administratorName }) =>
        problem(
          blockPath(generation, "administratorName"),
          `"${administratorName}" is reserved; Azure would refuse it after the network is built`,
          "another name, for example aadcadmin",
        ),
      ),
};

/** Names of accounts that Windows Server brings along. */
const ofWindows: ReadonlySet<string> = new Set(["administrator", "guest", "defaultaccount", "wdagutilityaccount"]);

export const loginNames: Check = {
  concern: "the account that signs in by SSH is one of its own",
  runs: "whenBuiltIsKnown",
  judge: ({ generations }, { built }) =>
    generations
      .filter(
        ({ generation, administratorName, loginName }) =>
          built[generation] === undefined &&
          (loginName === administratorName.toLowerCase() || ofWindows.has(loginName)),
      )
      .map(({ generation, administratorName, loginName }) =>
        problem(
          blockPath(generation, "loginName"),
          loginName === administratorName.toLowerCase()
            ? `"${loginName}" is the administrator that Azure makes: Windows' built-in one, which security baselines rename, disable and deny the logon over the network`
            : `"${loginName}" is an account that Windows brings along`,
          "another name than administratorName, for example aadcdeploy; or no loginName",
        ),
      ),
};
