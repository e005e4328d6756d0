#!/usr/bin/env node
// The pack as one program: `pulumi … --policy-pack FILE` starts it with the engine's address and reads its port. It needs
// no language plugin beside the CLI.
require("./index.js");
