# Who may write to a path of ours, as icacls left it. Part of Windows.psm1.

function New-Sid([string]$Sid) { [pscustomobject]@{ Value = $Sid } }

# What ProgramData hands down: every user may make files there. An inheritance that was cut hands down two entries.
function Get-Acl {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$LiteralPath)
    if (-not (Test-Path -LiteralPath $LiteralPath)) { throw "Cannot find path '$LiteralPath' because it does not exist." }
    $world = Read-World
    $cut = $false
    for ($path = $LiteralPath; $path.Contains('\'); $path = $path.Substring(0, $path.LastIndexOf('\'))) {
        if (@(Get-Entry $world.accessControl $path | Where-Object { $_ -like '/inheritance:r*' }).Count -gt 0) { $cut = $true }
    }
    $rules = @(@('S-1-5-18', 0x1F01FF), @('S-1-5-32-544', 0x1F01FF))
    if (-not $cut) { $rules += , @('S-1-5-32-545', 0x1201BF) }
    if (@(Get-Entry $world 'writableByUsers') -contains $LiteralPath) { $rules += , @('S-1-5-32-545', 0x1301BF) }
    $acl = [pscustomobject]@{ Rules = @($rules | ForEach-Object { [pscustomobject]@{ IdentityReference = New-Sid $_[0]; FileSystemRights = $_[1]; AccessControlType = 'Allow' } }) }
    Microsoft.PowerShell.Utility\Add-Member -InputObject $acl -MemberType ScriptMethod -Name GetOwner -Value { param($type) New-Sid 'S-1-5-32-544' }
    Microsoft.PowerShell.Utility\Add-Member -InputObject $acl -MemberType ScriptMethod -Name GetAccessRules -Value { param($own, $inherited, $type) $this.Rules } -PassThru
}
