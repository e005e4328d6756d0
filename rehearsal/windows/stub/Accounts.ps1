# Local accounts, rights and firewall of the simulated machine. Part of Windows.psm1.

$script:machineSid = 'S-1-5-21-1000000000-2000000000-3000000000'

function New-AccountObject([string]$Name, $Account) {
    [pscustomobject]@{ Name = $Name; Enabled = $Account.enabled; Description = $Account.description; SID = [pscustomobject]@{ Value = "$machineSid-$($Account.rid)" } }
}

# As a cmdlet of Microsoft.PowerShell.LocalAccounts fails, told by its identifier in every language.
function Stop-AccountCommand([System.Management.Automation.PSCmdlet]$Cmdlet, [string]$Id, [string]$Text) {
    $failure = Microsoft.PowerShell.Utility\New-Object -TypeName System.Exception -ArgumentList $Text
    $Cmdlet.ThrowTerminatingError([System.Management.Automation.ErrorRecord]::new($failure, $Id, 'NotSpecified', $null))
}

function Get-LocalUser {
    [CmdletBinding()]
    param([Parameter(Position = 0)][string[]]$Name)
    $world = Read-World
    foreach ($entry in $world.accounts.PSObject.Properties) {
        if ($Name -and $Name -notcontains $entry.Name) { continue }
        New-AccountObject $entry.Name $entry.Value
    }
}

function New-LocalUser {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)][ValidateLength(1, 20)][string]$Name, [Parameter(Mandatory = $true)][securestring]$Password,
        [ValidateLength(0, 48)][string]$Description = '', [string]$FullName = '',
        [switch]$PasswordNeverExpires, [switch]$AccountNeverExpires, [switch]$UserMayNotChangePassword
    )
    if ($Password.Length -lt 14) { Stop-AccountCommand $PSCmdlet 'InvalidPassword' 'The password does not meet the password policy requirements.' }
    $made = Edit-World { param($world)
        if ($null -ne (Get-Entry $world.accounts $Name)) { return }
        $rid = 1000
        foreach ($entry in $world.accounts.PSObject.Properties) { if ($entry.Value.rid -ge $rid) { $rid = $entry.Value.rid + 1 } }
        $account = [pscustomobject]@{ rid = $rid; enabled = $true; administrator = $false; description = $Description; passwordNeverExpires = [bool]$PasswordNeverExpires }
        Set-Entry $world.accounts $Name $account
        $account
    }
    if ($null -eq $made) { Stop-AccountCommand $PSCmdlet 'UserExists,Microsoft.PowerShell.Commands.NewLocalUserCommand' "User $Name already exists." }
    New-AccountObject $Name $made
}

function Get-KnownAccount($World, [string]$Name) {
    $account = Get-Entry $World.accounts $Name
    if ($null -eq $account) { throw "User $Name was not found." }
    $account
}

function Enable-LocalUser {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, Position = 0)][string]$Name)
    Edit-World { param($world)
        $refused = Get-Entry $world.peculiarities 'accountsLocked'
        if ($refused) { throw $refused }
        (Get-KnownAccount $world $Name).enabled = $true
    }
}

function Rename-LocalUser {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$Name, [Parameter(Mandatory = $true)][ValidateLength(1, 20)][string]$NewName)
    Edit-World { param($world)
        $account = Get-KnownAccount $world $Name
        $world.accounts.PSObject.Properties.Remove($Name)
        Set-Entry $world.accounts $NewName $account
    }
}

function Confirm-Administrators([string]$Sid) {
    if ($Sid -ne 'S-1-5-32-544') { throw "the simulated machine has no group $Sid" }
}

function Add-LocalGroupMember {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$SID, [Parameter(Mandatory = $true)][string]$Member)
    Confirm-Administrators $SID
    $was = Edit-World { param($world)
        $account = Get-KnownAccount $world $Member
        $account.administrator
        $account.administrator = $true
    }
    if ($was) { Stop-AccountCommand $PSCmdlet 'MemberExists,Microsoft.PowerShell.Commands.AddLocalGroupMemberCommand' "$Member is already a member of group Administrators." }
}

# One member that cannot be resolved, as an account of a domain that is out of reach, and the whole list is refused.
function Get-LocalGroupMember {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$SID)
    Confirm-Administrators $SID
    $world = Read-World
    if (Get-Entry $world.peculiarities 'administratorsUnlisted') { Stop-AccountCommand $PSCmdlet '1789,Microsoft.PowerShell.Commands.GetLocalGroupMemberCommand' 'Failed to compare two elements in the array.' }
    foreach ($entry in $world.accounts.PSObject.Properties) {
        if ($entry.Value.administrator) { New-AccountObject $entry.Name $entry.Value }
    }
}

# Writes the rights of the local policy as `secedit /export` does: UTF-16, names of rights with SIDs; none for a right that nobody has.
function secedit.exe {
    $found = [regex]::Match((@($args) -join ' '), '^/export /areas USER_RIGHTS /cfg (C:\\\S+) /quiet$').Groups[1].Value
    if (-not $found) { throw 'secedit is simulated only with /export /areas USER_RIGHTS /cfg FILE /quiet' }
    $rights = (Read-World).logonRights
    $lines = @('[Unicode]', 'Unicode=yes', '[Privilege Rights]', 'SeInteractiveLogonRight = *S-1-5-32-544')
    if (@($rights.granted).Count -gt 0) { $lines += "SeNetworkLogonRight = $(@($rights.granted) -join ',')" }
    if (@($rights.denied).Count -gt 0) { $lines += "SeDenyNetworkLogonRight = $(@($rights.denied) -join ',')" }
    Microsoft.PowerShell.Management\Set-Content -LiteralPath (ConvertTo-Path $found) -Value $lines -Encoding Unicode
    $global:LASTEXITCODE = 0
}

function Get-NetFirewallRule {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$Name)
    $rule = Get-Entry (Read-World).firewallRules $Name
    if ($null -eq $rule) { Deny-Missing $PSCmdlet "No MSFT_NetFirewallRule objects found with property 'InstanceID' equal to '$Name'."; return }
    $enabled = Get-Entry $rule 'enabled'
    [pscustomobject]@{ Name = $Name; Enabled = if ($enabled -eq $false) { 'False' } else { 'True' }; Action = $rule.action; Profile = $rule.profile }
}

function New-NetFirewallRule {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)][string]$Name, [Parameter(Mandatory = $true)][string]$DisplayName,
        [ValidateSet('Inbound', 'Outbound')][string]$Direction = 'Inbound', [string]$Protocol = 'Any', [int]$LocalPort,
        [ValidateSet('Allow', 'Block')][string]$Action = 'Allow', [ValidateSet('Any', 'Domain', 'Private', 'Public')][string]$Profile = 'Any'
    )
    Edit-World { param($world)
        if ($null -ne (Get-Entry $world.firewallRules $Name)) { throw 'Cannot create a file when that file already exists.' }
        $rule = [pscustomobject]@{ direction = $Direction; protocol = $Protocol; localPort = $LocalPort; action = $Action; profile = $Profile }
        Set-Entry $world.firewallRules $Name $rule
        $rule
    }
}

function Set-NetFirewallRule {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)][string]$Name, [ValidateSet('True', 'False')][string]$Enabled = 'True',
        [ValidateSet('Allow', 'Block')][string]$Action = 'Allow', [ValidateSet('Any', 'Domain', 'Private', 'Public')][string]$Profile = 'Any'
    )
    Edit-World { param($world)
        $rule = Get-Entry $world.firewallRules $Name
        if ($null -eq $rule) { throw "No MSFT_NetFirewallRule objects found with property 'InstanceID' equal to '$Name'." }
        $rule.action = $Action
        $rule.profile = $Profile
        if ($Enabled -eq 'False') { Set-Entry $rule 'enabled' $false } elseif ($null -ne (Get-Entry $rule 'enabled')) { $rule.PSObject.Properties.Remove('enabled') }
    }
}

function Get-NetConnectionProfile {
    [CmdletBinding()]
    param()
    $world = Read-World
    [pscustomobject]@{ Name = 'Network'; NetworkCategory = if ($world.domain.joined) { 'DomainAuthenticated' } else { 'Public' } }
}

function Get-NetFirewallProfile {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][ValidateSet('ActiveStore')][string]$PolicyStore)
    $ignoring = @(Get-Entry (Read-World).peculiarities 'localRulesIgnored') | Where-Object { $null -ne $_ }
    foreach ($name in @('Domain', 'Private', 'Public')) {
        [pscustomobject]@{ Name = $name; Enabled = 'True'; AllowLocalFirewallRules = if (@($ignoring) -contains $name) { 'False' } else { 'NotConfigured' } }
    }
}

function Get-NetTCPConnection {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][int]$LocalPort, [Parameter(Mandatory = $true)][ValidateSet('Listen')][string]$State)
    $service = Get-Entry (Read-World).services 'sshd'
    if ($LocalPort -ne 22 -or $null -eq $service -or $service.status -ne 'Running') {
        Stop-AccountCommand $PSCmdlet 'CmdletizationQuery_NotFound,Get-NetTCPConnection' "No MSFT_NetTCPConnection objects found with property 'LocalPort' equal to '$LocalPort'."
    }
    [pscustomobject]@{ LocalAddress = '0.0.0.0'; LocalPort = 22; State = 'Listen' }
}
