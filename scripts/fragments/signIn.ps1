# What decides whether the account that we sign in with gets in by SSH: read, nothing changed. Needs the fragment system. A key's logon is one over the network (windows-server.md section 4), of a local member of Administrators.

$sshFolder = 'C:\ProgramData\ssh'
$firewallRule = 'pulumi-entra-connect-ssh'

# As learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers has it.
$administratorsSid = 'S-1-5-32-544'

# What could not be read is told, by name and reason: the rest is worth knowing all the same.
function Add-SignInUnread([string]$What, $Failure) { $script:signInUnread += (ConvertTo-Ascii "${What}: $($Failure.Exception.Message)") }

# One that is a member through a nested group is none here: ours is a direct one. $null: it could not be read, as where an
# account of a domain that is out of reach is a member.
function Test-Administrator([string]$Sid) {
    try {
        $members = @(Get-LocalGroupMember -SID $administratorsSid)
    } catch {
        Add-SignInUnread 'members of Administrators' $_
        return $null
    }
    @($members | Where-Object { [string]$_.SID.Value -eq $Sid }).Count -gt 0
}

function Get-LoginAccount([string]$LoginName) {
    $found = [ordered]@{ state = 'unread'; sid = ''; administrator = $null }
    $user = @()
    try { $user = @(Get-LocalUser | Where-Object { $_.Name -eq $LoginName }) } catch { Add-SignInUnread 'local accounts' $_; return $found }
    if ($user.Count -eq 0) { $found.state = 'missing'; return $found }
    $found.state = if ($user[0].Enabled) { 'enabled' } else { 'disabled' }
    $found.sid = [string]$user[0].SID.Value
    $found.administrator = Test-Administrator $found.sid
    $found
}

function Split-Words([string]$Text, [string]$Separator) {
    @($Text -split $Separator | ForEach-Object { $_.Trim() } | Where-Object { $_ })
}

# secedit shows the rights as they are in force (the DISA STIGs for Windows Server check them by it). A right that nobody has
# is not there.
function Get-LogonRights {
    $rights = @{ denied = $null; granted = $null }
    # Where our protected folder is not there yet, under a name that nobody can have laid a link under. Nothing is made for it.
    $folder = if (Test-Path -LiteralPath $libraryFolder) { $libraryFolder } else { 'C:\Windows\Temp' }
    $file = "$folder\rights-$([guid]::NewGuid()).inf"
    try {
        $null = & secedit.exe /export /areas USER_RIGHTS /cfg $file /quiet
        $lines = @(Get-Content -LiteralPath $file)
        foreach ($row in @(@('denied', 'SeDenyNetworkLogonRight'), @('granted', 'SeNetworkLogonRight'))) {
            $line = @($lines | Where-Object { $_ -match "^\s*$($row[1])\s*=" })
            $rights[$row[0]] = @()
            if ($line.Count -gt 0) { $rights[$row[0]] = @(Split-Words ([string]$line[0] -replace '^[^=]*=') ',') }
        }
    } catch {
        Add-SignInUnread 'rights of the local policy' $_
    } finally {
        if (Test-Path -LiteralPath $file) { Remove-Item -LiteralPath $file -Force }
    }
    $rights
}

# The last AllowUsers above the first Match; nothing where the file has none.
function Get-AllowedUsers {
    $path = "$sshFolder\sshd_config"
    if (-not (Test-Path -LiteralPath $path)) { return $null }
    $allowed = @()
    foreach ($line in @(Get-Content -LiteralPath $path)) {
        if ($line -match '^\s*Match\s') { break }
        if ($line -match '^\s*AllowUsers\s+(.+)$') { $allowed += @(Split-Words $Matches[1] '\s+') }
    }
    , $allowed
}

function Get-SshServiceFound {
    $service = Get-Service -Name sshd -ErrorAction SilentlyContinue
    if ($null -eq $service) { return $null }
    [ordered]@{ state = [string]$service.Status; startType = [string]$service.StartType }
}

# A policy can make Windows ignore every rule that was made on the machine itself, profile by profile.
function Get-FirewallFound {
    try {
        $rule = Get-NetFirewallRule -Name $firewallRule -ErrorAction SilentlyContinue
        $state = 'allows'
        if ($null -eq $rule) { $state = 'missing' } elseif ([string]$rule.Enabled -ne 'True') { $state = 'disabled' } elseif ([string]$rule.Action -ne 'Allow') { $state = 'blocks' }
        $names = @{ DomainAuthenticated = 'Domain'; Private = 'Private'; Public = 'Public' }
        $used = @(Get-NetConnectionProfile | ForEach-Object { $names[[string]$_.NetworkCategory] } | Where-Object { $_ } | Sort-Object -Unique)
        $ignoring = @(Get-NetFirewallProfile -PolicyStore ActiveStore | Where-Object { [string]$_.Enabled -eq 'True' -and [string]$_.AllowLocalFirewallRules -eq 'False' } | ForEach-Object { [string]$_.Name } | Sort-Object)
        [ordered]@{ rule = $state; profiles = @($used); localRulesIgnored = @($ignoring) }
    } catch {
        Add-SignInUnread 'firewall' $_
        $null
    }
}

# The part `signIn` of an answer; review/readiness/signInRules.ts judges it.
function Get-SignIn([string]$LoginName) {
    $script:signInUnread = @()
    $account = Get-LoginAccount $LoginName
    $rights = Get-LogonRights
    $firewall = Get-FirewallFound
    [ordered]@{
        loginName    = $LoginName
        account      = $account
        denied       = $rights.denied
        granted      = $rights.granted
        allowUsers   = Get-AllowedUsers
        service      = Get-SshServiceFound
        firewall     = $firewall
        defaultShell = [string](Get-RegistryValue 'HKLM:\SOFTWARE\OpenSSH' 'DefaultShell')
        unread       = @($script:signInUnread)
    }
}
