import { componentProviderHost } from "@pulumi/pulumi/provider/experimental";
import { PassiveServer } from "pulumi-entra-connect";

// The schema is inferred from the declarations of the installed library: one class for every language.
void componentProviderHost({ name: "entra-connect", components: [PassiveServer], dirname: __dirname });
