import { sampleConfiguration } from "../../support/repository";
import { requires } from "../../support/requires";
import type { Contoso } from "./contoso";
import { userJoin } from "./contoso";
import { blocking, build, change, finds, gap, unexplained } from "./finds";

describe("differences between the rules of two configurations", () => {
  before(function () {
    requires(this, "the Contoso sample", sampleConfiguration);
  });

  describe("standard rules", () => {
    const rule = (copy: Contoso, name: string, from: string | RegExp, to: string) =>
      copy.edit(copy.rule(name), from, to);
    finds(
      "a narrower scope",
      [
        blocking(
          gap(
            "rule-scope-differs",
            /no longer applies to user objects of contoso.com outside the filter .*department = Sales.*deleted from Entra ID/,
          ),
        ),
      ],
      (copy) =>
        rule(
          copy,
          userJoin,
          "</conditions>\n  </synchronizationCriteria>",
          "<scope><csAttribute>department</csAttribute><csOperator>EQUAL</csOperator><csValue>Sales</csValue></scope></conditions></synchronizationCriteria>",
        ),
    );
    finds("a wider scope", [gap("rule-scope-differs", /applies to more user objects/)], (copy) =>
      rule(copy, userJoin, /<scope>[\s\S]*?<\/scope>/, ""),
    );
    finds(
      "another scope",
      [blocking(gap("rule-scope-differs", /applies to other.*no other rule provisions them/))],
      (copy) => rule(copy, userJoin, "<csValue>TRUE</csValue>", "<csValue>FALSE</csValue>"),
    );
    finds("a join", [gap("rule-join-differs", /joined by other attributes/)], (copy) =>
      rule(copy, userJoin, "<ilmAttribute>objectSid<", "<ilmAttribute>mail<"),
    );
    finds("the order in which joins are tried", [gap("rule-join-differs")], (copy) =>
      rule(
        copy,
        "In from AD - InetOrgPerson Join",
        /(<conditions>[\s\S]*?<\/conditions>)\s*(<conditions>[\s\S]*?<\/conditions>)/,
        "<conditions><condition><csAttribute>msExchMasterAccountSid</csAttribute><ilmAttribute>objectSid</ilmAttribute></condition></conditions><conditions><condition><csAttribute>objectSid</csAttribute><ilmAttribute>objectSid</ilmAttribute></condition></conditions>",
      ),
    );
    finds("case-sensitivity of a join", [gap("rule-join-differs")], (copy) =>
      rule(
        copy,
        userJoin,
        "<ilmAttribute>objectSid</ilmAttribute>",
        "<ilmAttribute>objectSid</ilmAttribute><caseSensitive>True</caseSensitive>",
      ),
    );
    finds("an expression", [gap("rule-flow-differs", /cloudFiltered.*deleted from Entra ID/)], (copy) =>
      rule(copy, userJoin, "IsPresent([isCriticalSystemObject])", "IsPresent([info])"),
    );
    finds("white space inside a text of an expression", [gap("rule-flow-differs")], (copy) =>
      rule(copy, "In from AD - Contact Join", '"(MSOL)"', '"( MSOL)"'),
    );
    finds("a source attribute", [gap("rule-flow-differs", /another value in givenName/)], (copy) =>
      rule(copy, "Out to AAD - User Identity", "<attr>givenName<", "<attr>displayName<"),
    );
    finds("a constant", [gap("rule-flow-differs")], (copy) =>
      rule(copy, "In from AD - Computer Join", "<src>False</src>", "<src>True</src>"),
    );
    finds("how values are merged", [gap("rule-flow-differs")], (copy) =>
      rule(copy, "Out to AAD - User Identity", "<valueMergeType>Update<", "<valueMergeType>Merge<"),
    );
    finds("whether a flow runs once", [gap("rule-flow-differs")], (copy) =>
      rule(copy, "In from AD - Computer Join", ' execute-once="true"', ""),
    );
    finds("a missing flow", [gap("rule-flow-missing-on-staging", /no longer get givenName/)], (copy) =>
      rule(copy, "Out to AAD - User Identity", /<mapping>\s*<dest>givenName[\s\S]*?<\/mapping>/, ""),
    );
    finds("a flow on the staging server only", [gap("rule-flow-only-on-staging")], (copy) =>
      rule(
        copy,
        "Out to AAD - User Identity",
        "<attribute-mappings>",
        "<attribute-mappings><mapping><dest>city</dest><src><attr>l</attr></src><valueMergeType>Update</valueMergeType></mapping>",
      ),
    );
    finds(
      "one of two flows to the same target",
      [gap("rule-flow-missing-on-staging", /proxyAddresses/)],
      (copy) => copy,
      (copy) =>
        rule(
          copy,
          "Out to AAD - User Identity",
          "<attribute-mappings>",
          "<attribute-mappings><mapping><dest>proxyAddresses</dest><src><attr>l</attr></src><valueMergeType>Merge</valueMergeType></mapping>",
        ),
    );
    finds(
      "a disabled rule that nothing stands in for",
      [blocking(gap("rule-disabled-differs", /no other rule provisions them, so they would be deleted/))],
      (copy) => rule(copy, userJoin, "<disabled>False", "<disabled>True"),
    );
    finds("a disabled rule that only gives values", [gap("rule-disabled-differs", /would lose/)], (copy) =>
      rule(copy, "In from AD - User Common", "<disabled>False", "<disabled>True"),
    );
    finds("the link type", [blocking(gap("rule-link-type-differs", /no longer provision/))], (copy) =>
      rule(copy, userJoin, "<linkType>Provision", "<linkType>Join"),
    );
    finds("object types", [gap("rule-object-type-differs", /contact instead of/)], (copy) =>
      rule(copy, "Out to AAD - User Identity", "<targetObjectType>user", "<targetObjectType>contact"),
    );
    finds(
      "a description",
      [{ code: "rule-description-differs", class: "known-import-gap", severity: "info" }],
      (copy) => rule(copy, userJoin, /<description( \/>|>[^<]*<\/description>)/, "<description>Ours</description>"),
    );
    finds("password synchronization of a rule", [gap("rule-password-sync-differs")], (copy) =>
      rule(copy, "In from AD - User AccountEnabled", /<EnablePasswordSync>true/, "<EnablePasswordSync>false"),
    );
    finds("the soft delete interval", [gap("rule-soft-delete-differs")], (copy) =>
      rule(copy, userJoin, "<softDeleteExpiryInterval>00:00:00", "<softDeleteExpiryInterval>30.00:00:00"),
    );
    finds("a place before another rule", [unexplained("rule-placed-before-differs")], (copy) =>
      rule(
        copy,
        userJoin,
        "<precedence-before>{00000000-0000-0000-0000-000000000000}",
        "<precedence-before>{9347e1d3-15f7-43b7-a35a-c9b04020f8dd}",
      ),
    );
    finds("a place after another rule", [unexplained("rule-placed-after-differs")], (copy) =>
      rule(
        copy,
        userJoin,
        "<precedence-after>{00000000-0000-0000-0000-000000000000}",
        "<precedence-after>{9347e1d3-15f7-43b7-a35a-c9b04020f8dd}",
      ),
    );
    finds(
      "precedence that lets another rule win",
      [
        unexplained(
          "rule-precedence-differs",
          /"In from AAD - User Join" .* now wins over "In from AD - User Common from Exchange" .* for accountEnabled/,
        ),
      ],
      (copy) => rule(copy, "In from AD - User Common from Exchange", "<precedence>104", "<precedence>1000"),
    );
    finds(
      "precedence numbers that change nothing",
      [{ code: "rule-precedence-renumbered", class: "unexplained", severity: "info" }],
      (copy) =>
        copy.everywhere((text) =>
          text.replace(/<precedence>(\d+)/, (_, number) => `<precedence>${Number(number) + 10}`),
        ),
    );
    finds("an element that no known rule has", [unexplained("raw-value-differs", /extra/)], (copy) =>
      rule(copy, userJoin, "<synchronizationRule>", "<synchronizationRule><extra>1</extra>"),
    );
    finds("another revision in the same build", [unexplained("rule-tag-differs")], (copy) =>
      rule(copy, userJoin, "InfromADUserJoin.003", "InfromADUserJoin.004"),
    );
    finds(
      "a scope and a filter behind another revision of another build, which excuses neither",
      [
        blocking(unexplained("rule-scope-differs", /isCriticalSystemObject ≠ FALSE/)),
        unexplained("rule-flow-differs", /cloudFiltered/),
        build("build-differs"),
        build("rule-revised", /nothing beyond what other findings say/),
      ],
      (copy) =>
        rule(
          rule(
            rule(copy.version("2.6.92.0"), userJoin, "InfromADUserJoin.003", "InfromADUserJoin.012"),
            userJoin,
            "<csValue>TRUE</csValue>",
            "<csValue>FALSE</csValue>",
          ),
          userJoin,
          "IsPresent([isCriticalSystemObject])",
          "IsPresent([info])",
        ),
    );
    finds(
      "a disabled rule behind another revision",
      [
        blocking(gap("rule-disabled-differs", /deleted from Entra ID/)),
        build("build-differs"),
        build("rule-revised", /nothing beyond what other findings say/),
      ],
      (copy) =>
        rule(
          rule(copy.version("2.6.92.0"), userJoin, "InfromADUserJoin.003", "InfromADUserJoin.012"),
          userJoin,
          "<disabled>False",
          "<disabled>True",
        ),
    );
    finds(
      "a new name in another build",
      [build("build-differs"), build("rule-renamed", /SOAInAAD/), build("rule-revised")],
      (copy) =>
        rule(
          rule(
            copy.version("2.6.92.0"),
            "Out to AD - User Join SOAInAD",
            "OuttoADUserJoinSOAInAD.004",
            "OuttoADUserJoinSOAInAD.005",
          ),
          "Out to AD - User Join SOAInAD",
          "<name>Out to AD - User Join SOAInAD",
          "<name>Out to AD - User Join SOAInAAD",
        ),
    );
    finds(
      "a rule that the other build does not bring",
      [build("build-differs"), build("rule-missing-on-staging")],
      (copy) => {
        copy.version("2.6.92.0").files.delete(copy.rule("Out to AAD - User DynamicsCRM"));
        return copy;
      },
    );
    finds("a missing rule in the same build", [unexplained("rule-missing-on-staging")], (copy) => {
      copy.files.delete(copy.rule("Out to AAD - User DynamicsCRM"));
      return copy;
    });
    finds(
      "a missing rule without which users are deleted",
      [blocking(unexplained("rule-missing-on-staging", /deleted from Entra ID/))],
      (copy) => {
        copy.files.delete(copy.rule("Out to AAD - User Join"));
        return copy;
      },
    );
  });

  describe("custom rules", () => {
    finds(
      "missing, within what the import carries",
      [change("rule-missing-on-staging")],
      (copy) => copy,
      (copy) => copy.addCustom("In from AD - User Common", "Ours", 50),
    );
    finds(
      "missing, outside what the import carries",
      [gap("rule-missing-on-staging")],
      (copy) => copy,
      (copy) => copy.addCustom("In from AD - User Common", "Ours", 250),
    );
    finds("on the staging server only", [change("rule-only-on-staging")], (copy) =>
      copy.addCustom("In from AD - User Common", "Ours", 50),
    );
    finds(
      "with the same name twice on both servers, one of them changed",
      [change("rule-scope-differs")],
      (copy) =>
        twins(copy, "{22222222-2222-2222-2222-222222222222}", "{11111111-1111-1111-1111-111111111111}").edit(
          "SynchronizationRules/SynchronizationRule_{22222222-2222-2222-2222-222222222222}.xml",
          "<csValue>TRUE</csValue>",
          "<csValue>FALSE</csValue>",
        ),
      (copy) => twins(copy, "{11111111-1111-1111-1111-111111111111}", "{22222222-2222-2222-2222-222222222222}"),
    );
    finds(
      "with the same name twice on one server",
      [change("rule-only-on-staging")],
      (copy) => twins(copy, "{11111111-1111-1111-1111-111111111111}", "{22222222-2222-2222-2222-222222222222}"),
      (copy) => copy.addCustom("In from AD - User Common", "Twin", 61, "{33333333-3333-3333-3333-333333333333}"),
    );
    finds(
      "disabled on the active server, arrived enabled",
      [gap("rule-disabled-differs", /disabled on the active server but enabled/)],
      (copy) => copy.addCustom("In from AD - User Common", "Ours", 50),
      (copy) => {
        copy.addCustom("In from AD - User Common", "Ours", 50);
        return copy.edit(copy.rule("Ours"), "<disabled>False", "<disabled>True");
      },
    );
    finds(
      "changed",
      [change("rule-flow-missing-on-staging")],
      (copy) => {
        copy.addCustom("Out to AAD - User Identity", "Ours", 50);
        return copy.edit(copy.rule("Ours"), /<mapping>\s*<dest>givenName[\s\S]*?<\/mapping>/, "");
      },
      (copy) => copy.addCustom("Out to AAD - User Identity", "Ours", 50),
    );
    finds(
      "renamed",
      [{ code: "rule-renamed", class: "your-change", severity: "info" }],
      (copy) => copy.addCustom("In from AD - User Common", "Theirs", 50),
      (copy) => copy.addCustom("In from AD - User Common", "Ours", 50),
    );
    finds(
      "placed outside 0 to 99 by the import",
      [gap("rule-precedence-differs")],
      (copy) => copy.addCustom("In from AD - User Common", "Ours", 300),
      (copy) => copy.addCustom("In from AD - User Common", "Ours", 103),
    );
    finds(
      "that name another connector in a text",
      [blocking(change("rule-scope-differs"))],
      (copy) => inText(copy, "{b891884f-051e-4a83-95af-2544101c9083}"),
      (copy) => inText(copy, "{ae4db4cc-b16b-4eb2-acf5-837ca84e4d7d}"),
    );
  });
});

/** Two rules of one name; told apart by their precedence only. */
function twins(copy: Contoso, first: string, second: string): Contoso {
  return copy
    .addCustom("In from AD - User Join", "Twin", 60, first)
    .addCustom("In from AD - User Common", "Twin", 61, second);
}

function inText(copy: Contoso, id: string): Contoso {
  copy.addCustom("In from AD - User Join", "Ours", 50);
  return copy.edit(copy.rule("Ours"), "<csValue>TRUE</csValue>", `<csValue>${id}</csValue>`);
}
