//go:build tools

// Package tools keeps Pulumi's language host for YAML in go.mod, as engine/pulumi-cli does the CLI.
package tools

import _ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
