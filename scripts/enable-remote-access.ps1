# fragments: lock files system
param(
    [Parameter(Mandatory = $true, Position = 0)][string]$AdministratorName,
    [Parameter(Mandatory = $true, Position = 1)][string]$PublicKeyBase64,
    # Not read: another value makes Azure run the script again.
    [string]$Refresh
)

# Runs as SYSTEM by Azure Run Command: the Windows Update API refuses network logons, so not over SSH.
# Facts: windows-server.md sections 1 and 2.

$sshFolder = 'C:\ProgramData\ssh'
$sshProgram = 'C:\Windows\System32\OpenSSH\sshd.exe'
$restartOwed = "$libraryFolder\sshd-restart-owed"
$firewallRule = 'pulumi-entra-connect-ssh'

function Invoke-Icacls([string[]]$Words) {
    $null = & icacls.exe $Words
    if ($LASTEXITCODE -ne 0) { Stop-Script 'access-control' @{ path = $Words[0]; code = $LASTEXITCODE } }
}

# Administrators and SYSTEM by SID: the names differ on other languages. No inheritance from ProgramData, where every
# user may create. Owner first, and everything reset: a user may have planted the folder before us, and an entry of his
# own would outlive both the end of inheritance and our grant.
function Protect-Folder([string]$Path) {
    Invoke-Icacls @($Path, '/setowner', '*S-1-5-32-544', '/T', '/C', '/Q')
    Invoke-Icacls @($Path, '/reset', '/Q')
    Invoke-Icacls @($Path, '/inheritance:r', '/grant:r', '*S-1-5-32-544:(OI)(CI)F', '*S-1-5-18:(OI)(CI)F', '/Q')
    Invoke-Icacls @("$Path\*", '/reset', '/T', '/C', '/Q')
}

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
        AllowUsers             = $AdministratorName.ToLowerInvariant()
        AllowTcpForwarding     = 'no'
        ClientAliveInterval    = '60'
    }
    $mark = '# pulumi-entra-connect: key-only sign-in of one administrator'
    $global = @()
    $matched = @()
    $inMatch = $false
    foreach ($line in $Lines) {
        if ($line -match '^\s*Match\s') { $inMatch = $true }
        if ($inMatch) { $matched += $line; continue }
        $word = ([regex]::Match($line, '^\s*(\w+)')).Groups[1].Value
        if ($line -eq $mark -or @($wanted.Keys) -contains $word) { continue }
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
    Add-Change 'sshd_config allows only key sign-in of the administrator'
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
    if ($null -ne (Get-NetFirewallRule -Name $firewallRule -ErrorAction SilentlyContinue)) { return }
    $null = New-NetFirewallRule -Name $firewallRule -DisplayName 'pulumi-entra-connect: SSH' -Direction Inbound -Protocol TCP -LocalPort 22 -Action Allow -Profile Any
    Add-Change 'firewall rule for TCP 22 on every profile'
}

# A security baseline may rename or disable the account whose name we sign in with. The built-in one is known by the end of
# its SID.
function Confirm-Administrator {
    $users = @()
    try { $users = @(Get-LocalUser) } catch { Add-Warning "The local accounts could not be listed: $($_.Exception.Message)"; return }
    $user = @($users | Where-Object { $_.Name -eq $AdministratorName })
    if ($user.Count -gt 0) {
        if (-not $user[0].Enabled) { Stop-Script 'administrator-disabled' @{ name = $AdministratorName } }
        return
    }
    $builtIn = @($users | Where-Object { [string]$_.SID.Value -like 'S-1-5-21-*-500' } | ForEach-Object { $_.Name }) -join ', '
    Stop-Script 'administrator-missing' @{ name = $AdministratorName; builtIn = $builtIn }
}

# A key's logon is one over the network (windows-server.md section 4). S-1-5-114 is "Local account and member of
# Administrators group", S-1-5-113 "Local account".
function Test-NetworkLogon {
    $file = "$libraryFolder\rights.inf"
    $denied = ''
    try {
        $null = & secedit.exe /export /areas USER_RIGHTS /cfg $file /quiet
        $line = @(Get-Content -LiteralPath $file | Where-Object { $_ -match '^\s*SeDenyNetworkLogonRight\s*=' })
        if ($line.Count -gt 0) { $denied = [string]$line[0] -replace '^[^=]*=\s*' }
        Remove-Item -LiteralPath $file -Force
    } catch {
        Add-Warning "The rights of the local policy could not be read: $($_.Exception.Message)"
        return
    }
    $who = @($denied -split ',' | ForEach-Object { $_.Trim() } | Where-Object { $_ -match '^\*?(S-1-5-11[34]|S-1-5-32-544|S-1-5-21-.*-500)$' -or $_ -eq $AdministratorName })
    if ($who.Count -eq 0) { return }
    Add-Warning ("The policy 'Deny access to this computer from the network' (SeDenyNetworkLogonRight) of this server names $($who -join ', '), " +
        "so $AdministratorName cannot sign in by SSH: 'unable to authenticate' is what every step will say. Take this server out of that " +
        "setting (the group policy object that sets it: gpresult /h), run gpupdate /force on it, then pulumi up again.")
}

function Test-DefaultShell {
    $shell = [string](Get-RegistryValue 'HKLM:\SOFTWARE\OpenSSH' 'DefaultShell')
    if (-not $shell -or $shell -match 'system32\\cmd' -or $shell -clike '*powershell*') { return }
    Add-Warning ("sshd runs commands in $shell (DefaultShell below HKLM\SOFTWARE\OpenSSH). What is sent is made for cmd.exe and for Windows PowerShell; " +
        'if the steps fail, remove that value, or the policy that sets it.')
}

function New-LibraryFolder {
    $there = Test-Path -LiteralPath "$libraryFolder\settings"
    foreach ($name in @('', '\incoming', '\package', '\settings')) { New-Folder "$libraryFolder$name" }
    # Also where it was there: that it exists does not say who owns it.
    Protect-Folder $libraryFolder
    if (-not $there) { Add-Change 'protected library folder made' }
}

# Base64, since Azure hands parameters over as a command line that spaces split (windows-server.md section 5).
function Get-PublicKey {
    $bytes = $null
    try { $bytes = [Convert]::FromBase64String($PublicKeyBase64) } catch { Stop-Script 'public-key-encoding' }
    $line = [Text.Encoding]::UTF8.GetString($bytes).Trim()
    if ($line -cnotmatch '^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) [A-Za-z0-9+/=]+( [\x20-\x7e]*)?$') { Stop-Script 'public-key' }
    $line
}

function Invoke-Script {
    $publicKey = Get-PublicKey
    if ($AdministratorName -notmatch '^[A-Za-z0-9._-]+$') { Stop-Script 'administrator-name' @{ name = $AdministratorName } }
    Enter-Lock
    New-LibraryFolder
    Install-SshServer
    Start-SshServer
    Set-AuthorizedKey $publicKey
    Set-SshConfiguration
    Restart-SshServer
    Open-Firewall
    Confirm-Administrator
    Test-NetworkLogon
    Test-DefaultShell
    $publicHostKey = "$sshFolder\ssh_host_ed25519_key.pub"
    if (-not (Test-Path -LiteralPath $publicHostKey)) { Stop-Script 'openssh-not-started' @{ path = $publicHostKey } }
    $words = (@(Get-Content -LiteralPath $publicHostKey)[0]).Trim().Split(' ')
    $script:answer.hostKey = "$($words[0]) $($words[1])"
    $script:answer.changes = @($script:changes)
}
