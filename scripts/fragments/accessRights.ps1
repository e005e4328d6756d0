# Write, append, delete, change permissions or owner, and the generic rights that hold them.
$writingRights = 0x500D0156

# SYSTEM and Administrators may write, nobody else, by SID since names differ by language.
function Get-AccessProblem([string]$Path) {
    $ours = @('S-1-5-18', 'S-1-5-32-544')
    $acl = Get-Acl -LiteralPath $Path
    $owner = [string]$acl.GetOwner([Security.Principal.SecurityIdentifier]).Value
    if ($ours -notcontains $owner) { return "$Path belongs to $owner" }
    foreach ($rule in @($acl.GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier]))) {
        $who = [string]$rule.IdentityReference.Value
        if ([string]$rule.AccessControlType -eq 'Allow' -and $ours -notcontains $who -and ([int]$rule.FileSystemRights -band $writingRights) -ne 0) { return "$who may write to $Path" }
    }
}
