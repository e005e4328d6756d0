//go:build tools

// Package tools keeps the Pulumi CLI in go.mod: nothing here is compiled, the import alone pins the module graph.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
