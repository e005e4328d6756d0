import { componentProviderHost } from "@pulumi/pulumi/provider/experimental";
import { PassiveServer } from "pulumi-entra-connect";

void componentProviderHost({ name: "entra-connect", components: [PassiveServer], dirname: __dirname });
