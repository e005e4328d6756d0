import { reservedAdministrators } from "../../../azure/administrators";
import { blockPath, type Check, problem } from "../context";

export const administratorNames: Check = {
  concern: "the administrator has none of the names that Azure reserves",
  runs: "whenBuiltIsKnown",
  judge: ({ generations }, { built }) =>
    generations
      .filter(
        ({ generation, administratorName }) =>
          built[generation]?.administratorName !== administratorName &&
          reservedAdministrators.has(administratorName.toLowerCase()),
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
