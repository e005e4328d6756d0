# fragments: lock files system connectionKey signIn protect
param(
    [Parameter(Mandatory = $true, Position = 0)][string]$LoginName,
    [Parameter(Mandatory = $true, Position = 1)][string]$PublicKeyBase64,
    # Not read: another value makes Azure run the script again.
    [string]$Refresh
)

# Runs as SYSTEM by Azure Run Command: the Windows Update API refuses network logons, so not over SSH.
# Facts: windows-server.md sections 1 and 2.

$sshProgram = 'C:\Windows\System32\OpenSSH\sshd.exe'
# What an account of ours says of itself (48 characters at most), so that it is known again under another name.
$description = 'pulumi-entra-connect: signs in by SSH key'
$restartOwed = "$libraryFolder\sshd-restart-owed"

function Protect-File([string]$Path) {
    Invoke-Icacls @($Path, '/setowner', '*S-1-5-32-544', '/Q')
    Invoke-Icacls @($Path, '/reset', '/Q')
    Invoke-Icacls @($Path, '/inheritance:r', '/grant:r', '*S-1-5-32-544:F', '*S-1-5-18:F', '/Q')
}

function Get-SshService { Get-Service -Name sshd -ErrorAction SilentlyContinue }

# Windows Server 2025 has the service already; 2019 and 2022 get the capability.
function Install-SshServer {
    if ($null -ne (Get-SshService)) { return }
    $capability = 'OpenSSH.Server~~~~0.0.1.0'
    try {
        $null = Add-WindowsCapability -Online -Name $capability
    } catch {
        Stop-Script 'openssh-not-installed' @{ reason = $_.Exception.Message }
    }
    if ($null -eq (Get-SshService)) { Stop-Script 'openssh-not-installed' @{ reason = 'the capability was added but there is no service sshd' } }
    Add-Change 'OpenSSH server installed'
}

function Start-SshServer {
    $service = Get-SshService
    if ([string]$service.StartType -ne 'Automatic') {
        Set-Service -Name sshd -StartupType Automatic
        Add-Change 'sshd starts with Windows'
    }
    # The first start makes the folder, its ACL and the host keys. If we made the folder, sshd would refuse to start.
    if ([string]$service.Status -ne 'Running') {
        Start-OrRepair
        Add-Change 'sshd started'
    }
}

# Newer builds exit at once where somebody but SYSTEM and Administrators owns these folders or may write in them, as a patch
# of October 2024 made many find out (Win32-OpenSSH 2282 and 2287). Set to what sshd itself gives them at its first start;
# what lies in them keeps its own access control. Only where sshd does not start: what works is left alone.
function Repair-SshFolder {
    $rights = [ordered]@{
        $sshFolder        = @('*S-1-5-32-544:(OI)(CI)F', '*S-1-5-18:(OI)(CI)F', '*S-1-5-11:(OI)(CI)RX')
        "$sshFolder\logs" = @('*S-1-5-32-544:(OI)(CI)F', '*S-1-5-18:(OI)(CI)F')
    }
    foreach ($path in @($rights.Keys)) {
        if (-not (Test-Path -LiteralPath $path)) { continue }
        Invoke-Icacls @($path, '/setowner', '*S-1-5-32-544', '/Q')
        Invoke-Icacls @($path, '/reset', '/Q')
        Invoke-Icacls (@($path, '/inheritance:r', '/grant:r') + $rights[$path] + @('/Q'))
        Add-Change "access control of $path set to what sshd asks for"
    }
}

function Start-OrRepair {
    try {
        Start-Service -Name sshd
    } catch {
        Repair-SshFolder
        try { Start-Service -Name sshd } catch { Stop-Script 'openssh-does-not-start' @{ reason = $_.Exception.Message } }
    }
}

# Our lines go above the first Match block; a setting of the same name there is taken out, since the first one counts.
function Get-WantedConfiguration([string[]]$Lines) {
    $wanted = [ordered]@{
        PubkeyAuthentication   = 'yes'
        PasswordAuthentication = 'no'
        AllowUsers             = $LoginName.ToLowerInvariant()
        AllowTcpForwarding     = 'no'
        ClientAliveInterval    = '60'
    }
    $mark = '# pulumi-entra-connect: key-only sign-in of one account'
    $marks = @($mark, '# pulumi-entra-connect: key-only sign-in of one administrator')
    $global = @()
    $matched = @()
    $inMatch = $false
    foreach ($line in $Lines) {
        if ($line -match '^\s*Match\s') { $inMatch = $true }
        if ($inMatch) { $matched += $line; continue }
        $word = ([regex]::Match($line, '^\s*(\w+)')).Groups[1].Value
        if ($marks -contains $line -or @($wanted.Keys) -contains $word) { continue }
        $global += $line
    }
    $ours = @($mark) + @(foreach ($key in $wanted.Keys) { "$key $($wanted[$key])" })
    if ($matched.Count -eq 0) {
        $matched = @('Match Group administrators', '       AuthorizedKeysFile __PROGRAMDATA__/ssh/administrators_authorized_keys')
    }
    @($ours) + @($global) + @($matched)
}

function Set-SshConfiguration {
    $path = "$sshFolder\sshd_config"
    if (-not (Test-Path -LiteralPath $path)) { Stop-Script 'openssh-not-started' @{ path = $path } }
    $before = @(Get-Content -LiteralPath $path)
    $after = @(Get-WantedConfiguration $before)
    if (($before -join "`n") -eq ($after -join "`n")) { return }
    Set-Content -LiteralPath "$path.new" -Value $after -Encoding ascii
    $test = Start-Process -FilePath $sshProgram -ArgumentList @('-t', '-f', "$path.new") -Wait -PassThru -NoNewWindow
    if ($test.ExitCode -ne 0) {
        Remove-Item -LiteralPath "$path.new" -Force
        Stop-Script 'configuration-refused' @{ code = $test.ExitCode; path = $path }
    }
    # Says that a restart is owed, should we die before it.
    Set-Content -LiteralPath $restartOwed -Value 'sshd' -Encoding ascii
    Move-WholeFile "$path.new" $path
    Add-Change "sshd_config allows only key sign-in of $($LoginName.ToLowerInvariant())"
}

function Restart-SshServer {
    if (-not (Test-Path -LiteralPath $restartOwed)) { return }
    Stop-Service -Name sshd -Force
    Start-OrRepair
    Remove-Item -LiteralPath $restartOwed -Force
}

# One file opens the sessions of all administrators, so it holds exactly one key.
function Set-AuthorizedKey([string]$Line) {
    $path = "$sshFolder\administrators_authorized_keys"
    $before = @()
    if (Test-Path -LiteralPath $path) { $before = @(Get-Content -LiteralPath $path) }
    if ($before.Count -eq 1 -and $before[0] -ceq $Line) { return }
    # Protected before it is in place: sshd ignores a file that others may write, and a retry would not look again. The
    # old one too: what replaces it is given its access control.
    Set-Content -LiteralPath "$path.new" -Value $Line -Encoding ascii
    foreach ($each in @("$path.new", $path)) { if (Test-Path -LiteralPath $each) { Protect-File $each } }
    Move-WholeFile "$path.new" $path
    Add-Change 'administrators_authorized_keys holds exactly the given key'
}

# The rule that comes with 2025 leaves out the Public profile, which a machine has before it reaches its domain.
function Open-Firewall {
    $rule = Get-NetFirewallRule -Name $firewallRule -ErrorAction SilentlyContinue
    if ($null -ne $rule) {
        if ([string]$rule.Enabled -eq 'True' -and [string]$rule.Action -eq 'Allow') { return }
        Set-NetFirewallRule -Name $firewallRule -Enabled True -Action Allow -Profile Any
        Add-Change 'firewall rule for TCP 22 set right'
        return
    }
    $null = New-NetFirewallRule -Name $firewallRule -DisplayName 'pulumi-entra-connect: SSH' -Direction Inbound -Protocol TCP -LocalPort 22 -Action Allow -Profile Any
    Add-Change 'firewall rule for TCP 22 on every profile'
}

# Nobody knows it and nothing needs it: sign-in is by key. Long and mixed, so that every password policy takes it.
function New-UnknownPassword {
    $alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789+-._='
    [byte[]]$bytes = @(0) * 48
    $generator = [Security.Cryptography.RandomNumberGenerator]::Create()
    $generator.GetBytes($bytes)
    $password = New-Object -TypeName System.Security.SecureString
    foreach ($byte in $bytes) { $password.AppendChar($alphabet[$byte % $alphabet.Length]) }
    foreach ($kind in @('A', 'a', '1', '+')) { $password.AppendChar($kind) }
    $password
}

# The account that signs in: ours alone, made where it is not there and put right where a policy or a person disabled, renamed
# or removed it. Not the built-in administrator, which baselines rename and disable; one that an earlier release signed in with
# is left as it is. A name that somebody else's account has is not taken: its password is known.
function Set-LoginAccount {
    $users = @()
    try { $users = @(Get-LocalUser) } catch { Stop-Script 'accounts-unread' @{ reason = $_.Exception.Message } }
    $user = @($users | Where-Object { $_.Name -eq $LoginName })
    if ($user.Count -gt 0 -and [string]$user[0].SID.Value -like 'S-1-5-21-*-500') {
        if (-not $user[0].Enabled) { Stop-Script 'administrator-disabled' @{ name = $LoginName } }
        return
    }
    if ($user.Count -gt 0 -and [string]$user[0].Description -ne $description) { Stop-Script 'login-name-taken' @{ name = $LoginName } }
    $ours = @($users | Where-Object { [string]$_.Description -eq $description })
    try {
        if ($user.Count -eq 0 -and $ours.Count -gt 0) {
            Rename-LocalUser -Name $ours[0].Name -NewName $LoginName
            Add-Change "account $($ours[0].Name) is called $LoginName again"
            $user = @($ours[0])
        }
        if ($user.Count -eq 0) {
            $user = @(New-LocalUser -Name $LoginName -Password (New-UnknownPassword) -Description $description -FullName $description -PasswordNeverExpires -AccountNeverExpires -UserMayNotChangePassword)
            Add-Change "account $LoginName made"
        } elseif (-not $user[0].Enabled) {
            Enable-LocalUser -Name $LoginName
            Add-Change "account $LoginName enabled"
        }
    } catch {
        Stop-Script 'login-not-made' @{ name = $LoginName; reason = $_.Exception.Message }
    }
    # Asked for and not looked up: the members cannot be listed where one of them is of a domain that is out of reach.
    try {
        Add-LocalGroupMember -SID $administratorsSid -Member $LoginName
        Add-Change "$LoginName is a member of Administrators"
    } catch {
        if ($_.FullyQualifiedErrorId -notlike 'MemberExists*') { Stop-Script 'login-not-made' @{ name = $LoginName; reason = $_.Exception.Message } }
    }
}

function New-LibraryFolder {
    $there = Test-Path -LiteralPath "$libraryFolder\settings"
    foreach ($name in @('', '\incoming', '\package', '\settings')) { New-Folder "$libraryFolder$name" }
    # Also where it was there: that it exists does not say who owns it.
    Protect-Folder $libraryFolder
    if (-not $there) { Add-Change 'protected library folder made' }
}

function Invoke-Script {
    $publicKey = Get-PublicKey $PublicKeyBase64
    if ($LoginName -notmatch '^[A-Za-z0-9._-]{1,20}$') { Stop-Script 'login-name' @{ name = $LoginName } }
    Enter-Lock
    New-LibraryFolder
    Set-LoginAccount
    Install-SshServer
    Start-SshServer
    Set-AuthorizedKey $publicKey
    Set-SshConfiguration
    Restart-SshServer
    Open-Firewall
    $publicHostKey = "$sshFolder\ssh_host_ed25519_key.pub"
    if (-not (Test-Path -LiteralPath $publicHostKey)) { Stop-Script 'openssh-not-started' @{ path = $publicHostKey } }
    $words = (@(Get-Content -LiteralPath $publicHostKey)[0]).Trim().Split(' ')
    $script:answer.signIn = Get-SignIn $LoginName
    $script:answer.hostKey = "$($words[0]) $($words[1])"
    $script:answer.changes = @($script:changes)
}
