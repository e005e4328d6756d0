import { blockPath, type Check, problem } from "../context";

export const serviceAccounts: Check = {
  concern: "the service account can sign in to the database",
  runs: "always",
  judge: ({ generations }) =>
    generations
      .filter(({ connect }) => connect.database.kind === "sqlServer" && connect.serviceAccount.kind === "virtual")
      .map(({ generation }) =>
        problem(
          blockPath(generation, "connect.serviceAccount"),
          "the virtual service account cannot sign in to a remote SQL Server, and the account cannot be changed later",
          "{ kind: managed, name: DOMAIN\\account$ }",
        ),
      ),
};
