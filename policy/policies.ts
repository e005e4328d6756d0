import type {
  EnforcementLevel,
  Policies,
  PolicyConfigSchema,
  PolicyResource,
  ReportViolation,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import {
  defaultSettings,
  type Judged,
  kindOf,
  looksAt,
  type PostureRule,
  type PostureSettings,
  postureRules,
  type StackResource,
  type StackRule,
  settingTable,
  stackRules,
} from "../review/posture";
import { type Exception, exceptionSchema, standingOf } from "./exceptions";
import { plainRecord } from "./reading";
import { hiding } from "./secrets";

type AnyRule = PostureRule | StackRule;

const levels: Record<AnyRule["level"], EnforcementLevel> = { "must-not": "mandatory", should: "advisory" };

/** What the engine gives a policy that has been configured, or not. */
interface Given extends Partial<PostureSettings> {
  readonly exceptions?: readonly Exception[];
}

/**
 * What a report may say besides its text. `reportViolation` of 1.21.0 takes it, though its type does not say so
 * (`makeReportViolationFun` in its server.js); a test on the real engine holds it.
 */
interface Told {
  readonly message: string;
  readonly description: string;
  readonly enforcementLevel?: EnforcementLevel;
  readonly urn?: string;
}

function toldBy(report: ReportViolation): (told: Told) => void {
  return report as unknown as (told: Told) => void;
}

/** Now, replaceable for tests. */
export type Clock = () => Date;

/** All rules as policies. */
export function policies(now: Clock = () => new Date()): Policies {
  return [
    ...postureRules.map((rule) => resourcePolicy(rule, now)),
    ...stackRules.map((rule) => stackPolicy(rule, now)),
  ];
}

function described(rule: AnyRule) {
  return {
    name: rule.code,
    description: rule.sentence,
    enforcementLevel: levels[rule.level],
    severity: rule.level === "must-not" ? ("critical" as const) : ("medium" as const),
    remediationSteps: rule.remedy,
    tags: ["tier-0"],
    configSchema: schemaOf(rule),
    ...("framework" in rule && rule.framework ? { framework: rule.framework } : {}),
  };
}

function schemaOf({ settings = [] }: AnyRule): PolicyConfigSchema {
  const own = settings.map((name) => {
    const { schema, description, default: preset } = settingTable[name];
    return [name, { ...schema, description, default: preset }];
  });
  // The SDK's type of a schema asks for mutable lists; it is only read.
  return {
    properties: { ...Object.fromEntries(own), exceptions: structuredClone(exceptionSchema) },
  } as PolicyConfigSchema;
}

function resourcePolicy(rule: PostureRule, now: Clock): ResourceValidationPolicy {
  return {
    ...described(rule),
    validateResource: (args, report) => {
      const kind = kindOf(args.type);
      if (!looksAt(rule, kind)) return args.notApplicable("it looks at other types");
      const given = args.getConfig<Given>();
      const { type, name, urn, opts } = args;
      const shown = hiding(args.props);
      if (rule.needsShown && shown === undefined)
        return args.notApplicable("this version of @pulumi/policy does not tell which values are secrets");
      const resource = { type, name, inputs: plainRecord(args.props), shown, options: { protect: opts.protect } };
      const judged = rule.judge(resource, { ...defaultSettings, ...given });
      tell(rule, judged, { name, urn }, given, now, toldBy(report));
      // Neither broken nor kept: what is not known yet must not count as passed.
      const [open] = judged;
      if (open !== undefined && judged.every(({ answer }) => answer === "unknown"))
        args.notApplicable(`${open.path} is not known before the run`);
    },
  };
}

function stackPolicy(rule: StackRule, now: Clock): StackValidationPolicy {
  return {
    ...described(rule),
    validateStack: (args, report) => {
      const given = args.getConfig<Given>();
      const resources = args.resources.map(asStackResource);
      const found = rule.judge(resources, { ...defaultSettings, ...given });
      for (const { urn, name } of resources) {
        const own = found.filter((judged) => judged.urn === urn);
        tell(rule, own, { name, urn }, given, now, (told) => toldBy(report)({ ...told, urn }));
      }
    },
  };
}

function asStackResource(resource: PolicyResource): StackResource {
  const { type, name, urn, opts, parent, dependencies, propertyDependencies } = resource;
  const all = [...dependencies, ...Object.values(propertyDependencies).flat()];
  return {
    type,
    name,
    urn,
    inputs: plainRecord(resource.props),
    options: { protect: opts.protect },
    madeBy: parent?.type,
    dependencies: [...new Set(all.map((each) => each.urn))],
  };
}

/**
 * What is unknown passes: in a preview it cannot be judged, and the same policy is asked again in `up`, with the value,
 * before the resource is made. An exception that holds is still told, as advice, so that nobody forgets it.
 */
function tell(
  rule: AnyRule,
  judged: readonly Judged[],
  resource: { readonly name: string; readonly urn: string },
  { exceptions = [] }: Given,
  now: Clock,
  report: (told: Told) => void,
): void {
  const wrong = judged.filter(({ answer }) => answer === "bad");
  if (wrong.length === 0) return;
  const standing = standingOf(exceptions, resource, now());
  const places = wrong.map(({ path, why }) => `${path === "" ? "It" : path} ${why}.`).join(" ");
  const description = rule.sentence;
  if (standing.kind === "holds") {
    const { reason, until } = standing.exception;
    const message = `Excepted until ${until} (${reason}). ${places}`;
    report({ description, message: `${description}\n${message}`, enforcementLevel: "advisory" });
    return;
  }
  const ended =
    standing.kind === "ended"
      ? ` The exception until ${standing.exception.until} (${standing.exception.reason}) has ended.`
      : "";
  report({ description, message: `${description}\n${places}${ended} ${rule.remedy}` });
}
