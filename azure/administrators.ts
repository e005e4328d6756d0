/** Azure's list for `osProfile.adminUsername` (ARM description of API version 2024-11-01). */
export const reservedAdministrators: ReadonlySet<string> = new Set(
  (
    "administrator admin user user1 test user2 test1 user3 admin1 1 123 a actuser adm admin2 aspnet backup console " +
    "david guest john owner root server sql support support_388945a0 sys test2 test3 user4 user5"
  ).split(" "),
);
/** On Windows (the same description); a name does not end in a period. */
export const longestAdministrator = 20;
