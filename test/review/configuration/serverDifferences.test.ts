import { sampleConfiguration } from "../../support/repository";
import { requires } from "../../support/requires";
import { Contoso, entra, forest, metaverse } from "./contoso";
import { blocking, build, change, finds, gap, unexplained } from "./finds";

describe("differences between two configurations", () => {
  before(function () {
    requires(this, "the Contoso sample", sampleConfiguration);
  });

  describe("roles", () => {
    finds(
      "both servers in staging mode",
      [unexplained("both-staging")],
      (copy) => copy,
      (copy) => copy.parameter("Microsoft.Synchronize.StagingMode", "True"),
    );
    finds(
      "the two given in the wrong order",
      [blocking(unexplained("roles-swapped"))],
      () => new Contoso(),
      (copy) => copy.parameter("Microsoft.Synchronize.StagingMode", "True"),
    );
    finds("a staging flag that nobody can read", [unexplained("staging-mode-unknown")], (copy) =>
      copy.parameter("Microsoft.Synchronize.StagingMode", "Perhaps"),
    );
  });

  describe("global parameters", () => {
    finds("source anchor", [blocking(change("global-parameter-differs", /not be recognised/))], (copy) =>
      copy.parameter("Microsoft.SynchronizationOption.AnchorAttribute", "mS-DS-ConsistencyGuid"),
    );
    finds("sign-in name", [blocking(change("global-parameter-differs", /rename users/))], (copy) =>
      copy.parameter("Microsoft.SynchronizationOption.UPNAttribute", "mail"),
    );
    finds("an optional feature", [change("global-parameter-differs")], (copy) =>
      copy.parameter("Microsoft.OptionalFeature.HybridExchange", "False"),
    );
    finds(
      "device writeback, which the import does not carry",
      [gap("global-parameter-differs", /Device writeback/)],
      (copy) => copy,
      (copy) => copy.parameter("Microsoft.OptionalFeature.DeviceWriteBack", "True"),
    );
    finds(
      "automatic upgrade, which may differ",
      [{ code: "global-parameter-differs", class: "expected", severity: "info" }],
      (copy) => copy.parameter("Microsoft.OptionalFeature.AutoUpgradeState", "Disabled"),
    );
    finds("a suspended scheduler", [unexplained("global-parameter-differs", /suspended/)], (copy) =>
      copy.parameter("Microsoft.Synchronize.SchedulerSuspended", "True"),
    );
    finds("the schedule", [gap("global-parameter-differs")], (copy) =>
      copy.parameter("Microsoft.Synchronize.TimeInterval", "03:00:00"),
    );
    finds("a parameter of which nothing is known", [unexplained("global-parameter-missing")], (copy) =>
      copy.edit(
        metaverse,
        "<parameter-values>",
        '<parameter-values><parameter name="Contoso.Own" type="string" use="x" dataType="String">1</parameter>',
      ),
    );
    finds("how a parameter is declared", [unexplained("raw-value-differs", /@use/)], (copy) =>
      copy.edit(
        metaverse,
        'JoinCriteria" type="string" use="SynchronizationGlobal"',
        'JoinCriteria" type="string" use="Other"',
      ),
    );
    finds(
      "another build, with a parameter of its own",
      [build("build-differs"), build("global-parameter-missing")],
      (copy) =>
        copy
          .version("2.6.92.0")
          .edit(
            metaverse,
            "<parameter-values>",
            '<parameter-values><parameter name="Microsoft.UserSignIn.DesktopSsoEnabled" type="string" use="SynchronizationGlobal" dataType="String">False</parameter>',
          ),
    );
  });

  describe("metaverse", () => {
    finds(
      "an attribute on one server only",
      [unexplained("schema-only-on-staging", /attribute extraAttribute/)],
      (copy) =>
        copy.edit(
          metaverse,
          '<dsml:attribute ref="#accountName"',
          '<dsml:attribute ref="#extraAttribute" required="false" /><dsml:attribute ref="#accountName"',
        ),
    );
    finds(
      "the type of an attribute",
      [unexplained("schema-differs", /attribute-type accountEnabled: syntax/)],
      (copy) =>
        copy.edit(
          metaverse,
          "<dsml:syntax>1.3.6.1.4.1.1466.115.121.1.7<",
          "<dsml:syntax>1.3.6.1.4.1.1466.115.121.1.15<",
        ),
    );
    finds("single or many values", [unexplained("schema-differs", /single-value/)], (copy) =>
      copy.edit(metaverse, 'id="accountName" single-value="true"', 'id="accountName" single-value="false"'),
    );
    finds("a value without known meaning", [unexplained("raw-value-differs", /password-change-history-size/)], (copy) =>
      copy.edit(metaverse, ">24<", ">12<"),
    );
    finds("an element that no known export has", [unexplained("raw-value-differs", /brand-new/)], (copy) =>
      copy.edit(metaverse, "<mv-data>", "<mv-data><brand-new a='1'/>"),
    );
  });

  describe("connectors", () => {
    finds(
      "a directory that the staging server lacks, with all its rules",
      [blocking(change("connector-missing-on-staging", /deleted from Entra ID/)), change("connector-only-on-staging")],
      (copy) =>
        copy
          .edit(forest, "<name>contoso.com</name>", "<name>fabrikam.com</name>")
          .everywhere((text, path) =>
            path === forest
              ? text.replace(/contoso\.com/gi, "fabrikam.com").replace(/DC=contoso/gi, "DC=fabrikam")
              : text,
          ),
    );
    finds(
      "another name for the connector of the same forest, whose content is compared all the same",
      [change("connector-renamed", /everything in it was compared/), change("run-profile-differs")],
      (copy) =>
        copy
          .edit(forest, "<name>contoso.com</name>", "<name>contoso.com (new)</name>")
          .edit(forest, "<page-size>500<", "<page-size>100<"),
    );
    finds("another name for the connector to Entra ID", [change("connector-renamed", /Entra/)], (copy) =>
      copy.edit(entra, "<name>contoso.onmicrosoft.com - AAD</name>", "<name>Entra</name>"),
    );
    finds("the kind of a connector", [unexplained("connector-identity-differs")], (copy) =>
      copy.edit(entra, "<category>Extensible2<", "<category>Extensible<"),
    );
    finds("a description", [{ code: "connector-identity-differs", class: "your-change", severity: "info" }], (copy) =>
      copy.edit(forest, "<description />", "<description>Ours</description>"),
    );
    finds("company and list name", [unexplained("raw-value-differs", /ma-companyname/)], (copy) =>
      copy.edit(entra, "<ma-companyname>Microsoft", "<ma-companyname>Contoso"),
    );
    finds(
      "an organizational unit that the staging server does not read",
      [blocking(change("containers-missing-on-staging", /OU=CORP/))],
      (copy) =>
        copy
          .edit(
            forest,
            "<inclusion>OU=CORP,DC=contoso,DC=com</inclusion>",
            "<inclusion>OU=CORP,OU=Other,DC=contoso,DC=com</inclusion>",
          )
          .edit(forest, "<inclusion>OU=CORP,OU=Other,DC=contoso,DC=com</inclusion>", ""),
    );
    finds(
      "an organizational unit that only the staging server reads",
      [change("containers-only-on-staging", /OU=LAB/)],
      (copy) => copy.edit(forest, "<inclusion>", "<inclusion>OU=LAB,DC=contoso,DC=com</inclusion><inclusion>"),
    );
    finds(
      "an excluded part of an organizational unit",
      [blocking(change("containers-missing-on-staging", /OU=Sales/))],
      (copy) =>
        copy.edit(forest, "<exclusion>", "<exclusion>OU=Sales,OU=CORP,DC=contoso,DC=com</exclusion><exclusion>"),
    );
    finds(
      "another spelling of the same containers",
      [{ code: "containers-spelled-differently", class: "your-change", severity: "info" }],
      (copy) => copy.edit(forest, "<inclusion>", "<inclusion>OU=Sub,OU=CORP,DC=contoso,DC=com</inclusion><inclusion>"),
    );
    finds("a partition that is not selected", [blocking(change("partition-selection-differs"))], (copy) =>
      copy.edit(forest, "<selected>1<", "<selected>0<"),
    );
    finds(
      "a partition that the staging server does not know",
      [blocking(change("partition-missing-on-staging"))],
      (copy) =>
        copy
          .edit(forest, /<partition><id>[\s\S]*<\/partition>(?=<\/ma-partition-data>)/, "")
          .everywhere((text, path) =>
            path === forest ? text.replace(/\{DC4C27DB-D13D-460A-9A82-C48ABA1EE815\}/g, "DC=contoso,DC=com") : text,
          ),
    );
    finds(
      "an object type that the staging server does not read",
      [blocking(change("object-types-missing-on-staging", /contact/))],
      (copy) => copy.edit(forest, "<object-class>contact</object-class>", ""),
    );
    finds(
      "a restriction of object types, which the import does not carry",
      [gap("object-types-only-on-staging", /computer/)],
      (copy) => copy,
      (copy) => copy.edit(forest, "<object-class>computer</object-class>", ""),
    );
    finds(
      "a selected attribute that the staging server lacks",
      [change("attributes-missing-on-staging", /displayName/)],
      (copy) => copy.edit(forest, "<attribute>displayName</attribute>", ""),
    );
    finds(
      "a restriction of attributes, which the import does not carry",
      [gap("attributes-only-on-staging", /displayName/)],
      (copy) => copy,
      (copy) => copy.edit(forest, "<attribute>displayName</attribute>", ""),
    );
    finds("an anchor", [blocking(unexplained("anchor-differs", /contact/))], (copy) =>
      copy.edit(
        entra,
        '<anchor><attribute object_class="contact">cloudAnchor',
        '<anchor><attribute object_class="contact">sourceAnchor',
      ),
    );
    finds(
      "a custom run profile, which the import does not carry",
      [gap("run-profile-missing-on-staging", /Nightly/)],
      (copy) => copy,
      (copy) =>
        copy.edit(
          forest,
          "<ma-run-data>",
          "<ma-run-data><run-configuration><id>{99999999-aaaa-bbbb-cccc-dddddddddddd}</id><name>Nightly</name><version>1</version><configuration/></run-configuration>",
        ),
    );
    finds("a run profile on the staging server only", [change("run-profile-only-on-staging")], (copy) =>
      copy.edit(
        forest,
        "<ma-run-data>",
        "<ma-run-data><run-configuration><id>{99999999-aaaa-bbbb-cccc-dddddddddddd}</id><name>Nightly</name><version>1</version><configuration/></run-configuration>",
      ),
    );
    finds("the steps of a run profile", [change("run-profile-differs", /Delta Import/)], (copy) =>
      copy.edit(entra, '<step-type type="delta-import">', '<step-type type="full-import">'),
    );
    finds("page and batch sizes of a run profile", [change("run-profile-differs")], (copy) =>
      copy.edit(forest, "<page-size>500<", "<page-size>100<"),
    );
    finds(
      "password hash synchronization of a directory",
      [change("password-hash-sync-differs", /would stop/)],
      (copy) => copy,
      (copy) => copy.edit(forest, "<password-hash-sync-config><enabled>0", "<password-hash-sync-config><enabled>1"),
    );
    finds("where password hashes go", [change("password-hash-sync-target-differs")], (copy) =>
      copy.edit(
        forest,
        "<target>{B891884F-051E-4A83-95AF-2544101C9083}",
        "<target>{AE4DB4CC-B16B-4EB2-ACF5-837CA84E4D7D}",
      ),
    );
    finds("password writeback", [change("password-writeback-differs")], (copy) =>
      copy.edit(entra, "<aad-password-reset-config><enabled>0", "<aad-password-reset-config><enabled>1"),
    );
    finds("whether password synchronization is allowed", [change("password-sync-allowed-differs")], (copy) =>
      copy.edit(forest, "<password-sync-allowed>0", "<password-sync-allowed>1"),
    );
    finds("capability bits", [unexplained("capability-bits-differ")], (copy) =>
      copy.edit(entra, "<capability-bits>2147982384", "<capability-bits>2147982385"),
    );
    finds(
      "capability bits and assembly of another build",
      [build("build-differs"), build("capability-bits-differ"), build("raw-value-differs", /assembly-version/)],
      (copy) =>
        copy
          .version("1.2.0.0")
          .edit(entra, "<capability-bits>2147982384", "<capability-bits>2147982385")
          .edit(entra, "<assembly-version>1.1.130.0", "<assembly-version>1.2.0.0"),
    );
    finds(
      "accounts that each wizard made",
      [{ code: "connector-account-differs", class: "expected", severity: "info" }],
      (copy) => copy.everywhere((text) => text.replaceAll("MSOL_d1edb676ca03", "MSOL_0123456789ab")),
    );
    finds("another account", [change("connector-account-differs")], (copy) =>
      copy.everywhere((text) => text.replaceAll("MSOL_d1edb676ca03", "svc-entra")),
    );
    finds("how the connector binds", [change("connectivity-differs", /sign-and-seal/)], (copy) =>
      copy.edit(forest, "<sign-and-seal>1", "<sign-and-seal>0"),
    );
    finds(
      "a group filter on the staging server only",
      [blocking(change("group-filter-differs", /only the members of one group/))],
      (copy) =>
        copy.edit(
          forest,
          '<parameter name="Connector.GroupFilteringGroupDn" type="string" use="global" dataType="String" />',
          '<parameter name="Connector.GroupFilteringGroupDn" type="string" use="global" dataType="String">CN=Pilot,DC=contoso,DC=com</parameter>',
        ),
    );
    finds(
      "another domain by its NetBIOS name",
      [blocking(unexplained("outside-identity-differs", /another domain/))],
      (copy) => copy.edit(forest, /(?<=name="Domain.Netbios"[^>]*>)CONTOSO/, "OTHER"),
    );
    finds(
      "the provisioning hierarchy, which the import does not carry",
      [gap("provisioning-hierarchy-differs")],
      (copy) => copy,
      (copy) =>
        copy.edit(
          forest,
          "<component_mappings />",
          "<component_mappings><mapping><dn_component>ou</dn_component></mapping></component_mappings>",
        ),
    );
    finds("a member of the directory's schema", [unexplained("schema-missing-on-staging", /alias/)], (copy) =>
      copy.edit(entra, '<dsml:attribute ref="#alias" required="false" />', ""),
    );
    finds("retries of password synchronization", [unexplained("raw-value-differs", /maximum-retry-count/)], (copy) =>
      copy.edit(forest, "<maximum-retry-count>10", "<maximum-retry-count>3"),
    );
    finds("where passwords are checked, by name", [unexplained("outside-identity-differs", /adal-authority/)], (copy) =>
      copy.edit(entra, "login.windows.net/nilonline", "login.windows.net/fabrikam"),
    );
  });

  describe("other files", () => {
    finds(
      "beside the known folders",
      [unexplained("raw-value-differs", /Setting\[a\]/)],
      (copy) => {
        copy.files.set("PersistedState.xml", "<State><Setting name='a'>1</Setting></State>");
        return copy;
      },
      (copy) => {
        copy.files.set("PersistedState.xml", "<State><Setting name='a'>2</Setting></State>");
        return copy;
      },
    );
    finds(
      "that only one export holds",
      [{ code: "other-file-missing", class: "unexplained", severity: "info" }],
      (copy) => {
        copy.files.set("MigratedPolicy.json", "{}");
        return copy;
      },
    );
  });
});
