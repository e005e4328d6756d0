import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { patchingOf } from "../../components/maintenance/patching";
import { maintenanceFindings, plannedWindow } from "../../components/maintenance/plan";
import { beginsOn, parseRecurrence } from "../../components/maintenance/recurrence";
import { firstOverlap } from "../../components/maintenance/windows";
import type { Treatment } from "../../components/server/members";
import { machineArguments } from "../../components/server/plan";
import type { GenerationSettings, WindowSettings } from "../../components/settings/settings";
import { validate } from "../../components/settings/validate";
import { build, find, provenState } from "../support/passiveServerFixture";
import { repositoryRoot } from "../support/repository";
import { settingsFixture, today, type Written, writtenFixture } from "../support/settingsFixture";

const window = (every: string, start: string, more: Partial<WindowSettings> = {}): WindowSettings => ({
  start,
  every,
  duration: "03:00",
  timeZone: "UTC",
  ...more,
});

/** Days of a year on which it begins, as the calendar writes them. */
function daysOf(every: string, year: number): readonly string[] {
  const recurrence = parseRecurrence(every);
  assert.ok(recurrence, every);
  const days = Array.from({ length: 366 }, (_, count) => new Date(Date.UTC(year, 0, 1 + count)));
  return days.filter((day) => day.getUTCFullYear() === year && beginsOn(recurrence, day)).map(asDay);
}
const asDay = (date: Date): string => date.toISOString().slice(0, 10);

describe("recurrence of a maintenance window", () => {
  it("the second Tuesday of a month, and five days after it", () => {
    assert.deepEqual(daysOf("Month Second Tuesday", 2027).slice(0, 3), ["2027-01-12", "2027-02-09", "2027-03-09"]);
    assert.deepEqual(daysOf("Month Second Tuesday Offset5", 2027).slice(0, 3), [
      "2027-01-17",
      "2027-02-14",
      "2027-03-14",
    ]);
  });

  it("an offset reaches into the month before or after", () => {
    assert.deepEqual(daysOf("Month Last Sunday Offset6", 2027).slice(0, 2), ["2027-01-02", "2027-02-06"]);
    assert.deepEqual(daysOf("Month First Friday Offset-6", 2027).slice(0, 2), ["2027-01-30", "2027-02-27"]);
  });

  it("the last Sunday is the fourth or the fifth", () =>
    assert.deepEqual(daysOf("Month Last Sunday", 2027).slice(0, 3), ["2027-01-31", "2027-02-28", "2027-03-28"]));

  it("days of the month that a month lacks are left out", () =>
    assert.deepEqual(daysOf("Month day31", 2027).slice(0, 3), ["2027-01-31", "2027-03-31", "2027-05-31"]));

  it("weekdays, with or without a blank after the comma; every second week may be any week", () => {
    assert.deepEqual(daysOf("Week Saturday,Sunday", 2027).slice(0, 3), ["2027-01-02", "2027-01-03", "2027-01-09"]);
    assert.deepEqual(daysOf("2Weeks Saturday, Sunday", 2027), daysOf("Week Saturday,Sunday", 2027));
  });

  for (const wrong of [
    "Week",
    "Sunday",
    "Week sunday",
    "Weekly Sunday",
    "Month",
    "Month day32",
    "Month day0",
    "Month Fifth Tuesday",
    "Month Second Tuesday Offset7",
    "6Hours",
    "",
  ])
    it(`"${wrong}" is none`, () => assert.equal(parseRecurrence(wrong), undefined));
});

describe("two maintenance windows", () => {
  const overlapOf = (left: WindowSettings, right: WindowSettings) =>
    firstOverlap(left, right, today)?.from.toISOString();

  it("on other weekdays never meet", () =>
    assert.equal(overlapOf(window("Week Saturday", "03:00"), window("Week Sunday", "03:00")), undefined));

  it("meet where one runs past midnight into the other's day", () =>
    assert.equal(
      overlapOf(window("Week Saturday", "22:30"), window("Week Sunday", "01:00")),
      "2026-11-22T01:00:00.000Z",
    ));

  it("meet where one begins as the other ends: a restart takes its time", () =>
    assert.equal(
      overlapOf(window("Week Sunday", "00:00"), window("Week Sunday", "03:00")),
      "2026-11-22T03:00:00.000Z",
    ));

  it("are compared in instants, not in the clocks of their zones", () => {
    const berlin = window("Week Sunday", "03:00", { timeZone: "W. Europe Standard Time" });
    assert.equal(overlapOf(berlin, window("Week Sunday", "06:00")), undefined);
    assert.ok(overlapOf(berlin, window("Week Sunday", "04:00")));
    // 03:00 on Sunday in Berlin is 21:00 on Saturday in New York.
    assert.ok(overlapOf(berlin, window("Week Saturday", "20:00", { timeZone: "Eastern Standard Time" })));
  });

  it("that are apart in winter and meet in summer are found, as are those that meet only between two changes", () => {
    // 06:00 to 09:00 in Berlin is 05:00 to 08:00 UTC in winter, 04:00 to 07:00 in summer.
    const berlin = window("Day", "06:00", { timeZone: "W. Europe Standard Time" });
    assert.equal(overlapOf(berlin, window("Day", "01:30", { duration: "03:00" })), "2027-03-28T04:00:00.000Z");
    // America changes two weeks before Europe: 02:30 in New York is 07:30 UTC, then 06:30.
    const newYork = window("Day", "02:30", { duration: "01:30", timeZone: "Eastern Standard Time" });
    const london = window("Day", "05:00", { duration: "01:30", timeZone: "GMT Standard Time" });
    assert.equal(overlapOf(newYork, london)?.slice(0, 10), "2027-03-14");
  });

  it("a time that the clocks leave out or repeat counts as both", () => {
    // On 2027-10-31 02:30 in Berlin comes twice: 00:30 and 01:30 UTC.
    const berlin = window("Month day31", "02:30", { duration: "01:30", timeZone: "W. Europe Standard Time" });
    const twice = firstOverlap(berlin, window("Month day31", "03:00"), new Date("2027-10-01T00:00:00Z"));
    assert.equal(twice?.from.toISOString(), "2027-10-31T03:00:00.000Z");
  });

  it("of a weekday and a day of the month meet, however rare that is", () =>
    assert.equal(
      overlapOf(window("Month Second Friday", "03:00"), window("Month day13", "03:00")),
      "2027-08-13T03:00:00.000Z",
    ));
});

const problemsOf = (maintenance: unknown, change: (written: Written) => void = () => undefined) => {
  const written = { ...writtenFixture(), maintenance };
  change(written);
  const result = validate(written, { today, built: {} });
  return result.kind === "valid" ? [] : result.problems.map(({ path, problem }) => `${path}: ${problem}`);
};

describe("settings of a maintenance window", () => {
  const right = { start: "03:00", every: "Week Sunday" };

  it("need a start and days; three hours and UTC are the default", () => {
    assert.deepEqual(problemsOf({ window: right }), []);
    const { maintenance } = settingsFixture((written) => Object.assign(written, { maintenance: { window: right } }));
    assert.deepEqual(maintenance.window, { ...right, duration: "03:00", timeZone: "UTC" });
    assert.match(problemsOf({ window: { start: "03:00" } }).join(), /maintenance\.window\.every: is missing/);
  });

  for (const [what, wrong, said] of [
    ["shorter than Azure allows", { duration: "01:29" }, /duration: is 01:29; Azure allows 01:30 to 03:55/],
    ["longer than Azure allows", { duration: "03:56" }, /duration: is 03:56/],
    ["beginning where Azure warns of it", { start: "23:50" }, /start: is 23:50; Azure warns/],
    ["on days that Azure has no word for", { every: "Sundays" }, /every: "Sundays" is no recurrence/],
    ["in a zone that Windows does not know", { timeZone: "Europe/Berlin" }, /timeZone: "Europe\/Berlin"/],
  ] as const)
    it(`is refused ${what}`, () => assert.match(problemsOf({ window: { ...right, ...wrong } }).join(), said));

  it("is refused where it meets the active server's, with the first time that it does", () =>
    assert.match(
      problemsOf({ window: right, activeServerWindow: { start: "05:00", every: "Month Last Sunday" } }).join(),
      /maintenance\.window: meets maintenance\.activeServerWindow, first on 2026-11-29 05:00 to 2026-11-29 06:00 UTC/,
    ));

  it("is not held to what was declared of another server, once a generation of the stack is the active one", () =>
    assert.deepEqual(
      problemsOf({ window: right, activeServerWindow: right }, ({ generations }) => {
        Object.assign(generations["1"] ?? {}, { role: "active" });
      }),
      [],
    ));

  it("is right as the worked examples have it, in comments and in the documentation", () => {
    for (const file of ["Pulumi.prod.yaml", "template/Pulumi.prod.yaml", "docs/running.md"]) {
      const lines = readFileSync(join(repositoryRoot, file), "utf8").matchAll(
        /^[ #]+((?:w|activeServerW)indow: \{.*\})$/gm,
      );
      const example = parse([...lines].map(([, line]) => line).join("\n"));
      assert.deepEqual(Object.keys(example ?? {}), ["window", "activeServerWindow"], file);
      assert.deepEqual(problemsOf(example), [], file);
    }
  });

  it("says all that is wrong with both at once", () =>
    assert.equal(
      problemsOf({ window: { start: "03:00", every: "x" }, activeServerWindow: { start: "04:00", every: "y" } }).length,
      2,
    ));
});

describe("how a machine is patched", () => {
  const withWindow = (sku: string, maintenance: unknown) =>
    settingsFixture((written) => {
      Object.assign(written, { maintenance });
      Object.assign(written.generations["1"]?.image ?? {}, {
        sku,
        version: sku.startsWith("2025") ? "26100.6905.251024" : "20348.4171.250903",
      });
    });
  const patchSettingsOf = (settings: ReturnType<typeof settingsFixture>) => {
    const block = settings.generations[0] as GenerationSettings;
    return machineArguments(settings, block).osProfile.windowsConfiguration.patchSettings;
  };
  const sunday = { window: { start: "03:00", every: "Week Sunday" } };

  it("without a window by the platform, off-peak", () =>
    assert.deepEqual(patchSettingsOf(withWindow("2022-datacenter-g2", {})), {
      patchMode: "AutomaticByPlatform",
      assessmentMode: "AutomaticByPlatform",
      automaticByPlatformSettings: { bypassPlatformSafetyChecksOnUserSchedule: false, rebootSetting: "IfRequired" },
    }));

  it("with a window on that schedule and at no other time", () =>
    assert.deepEqual(patchSettingsOf(withWindow("2022-datacenter-g2", sunday)), {
      patchMode: "AutomaticByPlatform",
      assessmentMode: "AutomaticByPlatform",
      automaticByPlatformSettings: { bypassPlatformSafetyChecksOnUserSchedule: true, rebootSetting: "IfRequired" },
    }));

  it("by Windows itself where the platform does not know the image, which is said", () => {
    const settings = withWindow("2025-datacenter-g2", sunday);
    assert.equal(patchSettingsOf(settings).patchMode, "AutomaticByOS");
    const said = (given: typeof settings) =>
      maintenanceFindings(
        given,
        () => undefined,
        () => true,
        today,
      ).map(({ code, severity }) => ({ code, severity }));
    assert.deepEqual(said(settings), [{ code: "patched-by-windows", severity: "warning" }]);
    assert.deepEqual(said(withWindow("2025-datacenter-g2", {})), [{ code: "patched-by-windows", severity: "info" }]);
    assert.deepEqual(said(withWindow("2022-datacenter-g2", sunday)), []);
  });

  it("an image of another publisher is never the platform's", () => {
    const settings = withWindow("2022-datacenter-g2", sunday);
    const image = { ...(settings.generations[0] as GenerationSettings).image, publisher: "contoso" };
    assert.equal(patchingOf(image, settings), "windows");
  });
});

describe("the window of a generation", () => {
  const sunday = window("Week Sunday", "03:00");
  const settings = settingsFixture((written) => Object.assign(written, { maintenance: { window: sunday } }));
  const block = settings.generations[0] as GenerationSettings;
  const plan = (treatment: Treatment, before?: WindowSettings & { from: string }, stands = before !== undefined) =>
    plannedWindow({ settings, block, treatment, before, stands, today });

  it("begins tomorrow when it is first made, and keeps that day as long as it is the same", () => {
    assert.deepEqual(plan("acting"), { ...sunday, from: "2026-11-23" });
    const old = { ...sunday, from: "2026-01-01" };
    assert.deepEqual(plan("acting", old), old);
  });

  it("begins tomorrow again when it is another one, or when what was planned was never made", () => {
    assert.equal(plan("acting", { ...window("Week Monday", "03:00"), from: "2026-01-01" })?.from, "2026-11-23");
    assert.equal(plan("acting", { ...sunday, from: "2026-01-01" }, false)?.from, "2026-11-23");
  });

  it("begins tomorrow when a run planned it and ended before Azure had it: Azure takes no start in the past", () => {
    const planned = { ...sunday, from: "2026-11-01" };
    const startsAt = (text: string | undefined) =>
      plannedWindow({ settings, block, treatment: "acting", before: planned, stands: true, startsAt: text, today })
        ?.from;
    assert.equal(startsAt("2026-01-01 01:00"), "2026-11-23");
    assert.equal(startsAt(`2026-11-01 ${sunday.start}`), "2026-11-01");
    assert.equal(startsAt(undefined), "2026-11-01");
  });

  it("stays as it is on an active generation, whatever the settings say", () => {
    const old = { ...window("Week Monday", "01:00"), from: "2026-01-01" };
    assert.deepEqual(plan("active", old), old);
    assert.equal(plan("active"), undefined);
  });

  it("that a passive generation shares with the active one is told, not refused", () => {
    const pair = settingsFixture((written) => {
      Object.assign(written, { maintenance: { window: sunday } });
      const [first] = Object.values(written.generations);
      written.generations = {
        "1": { ...structuredClone(first), role: "active" },
        "2": structuredClone(first),
      } as never;
    });
    const found = (activeWindow: WindowSettings) =>
      maintenanceFindings(
        pair,
        (generation) => ({ ...(generation === 1 ? activeWindow : sunday), from: "2026-11-23" }),
        ({ role }) => role === "passive",
        today,
      ).map(({ code, subject }) => `${code} ${subject}`);
    assert.deepEqual(found(sunday), ["windows-meet aadc-stg-g2"]);
    assert.deepEqual(found(window("Week Saturday", "03:00")), []);
  });
});

describe("a maintenance window as resources", () => {
  const withWindow = (written: Written): void => {
    Object.assign(written, { maintenance: { window: { start: "03:00", every: "Week Sunday" } } });
  };

  it("is a configuration of each generation's own and its assignment, behind the guard like the machine", async () => {
    const { registrations } = await build({ change: withWindow });
    const { inputs } = find(registrations, "aadc-stg-g1-maintenance");
    assert.equal(inputs.startDateTime, "2026-11-27 03:00");
    assert.deepEqual(inputs.extensionProperties, { InGuestPatchMode: "User" });
    assert.equal(find(registrations, "aadc-stg-g1-maintenance-assignment").inputs.resourceName, "aadc-stg-g1");
    const guard = find(registrations, "aadc-stg-g1-guard");
    assert.ok(guard.dependencies.some((urn) => urn.endsWith("aadc-stg-g1-maintenance-assignment")));
  });

  it("is not put around a generation that is active already", async () => {
    const active = (written: Written): void => {
      withWindow(written);
      Object.assign(written.generations["1"] ?? {}, { role: "active" });
    };
    const { registrations } = await build({ change: active, state: provenState(active) });
    assert.deepEqual(
      registrations.filter(({ type }) => /maintenance:/.test(type)),
      [],
    );
  });
});
