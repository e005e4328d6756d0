# fragments: lock files
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
        Start-Service -Name sshd
        Add-Change 'sshd started'
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
    Restart-Service -Name sshd -Force
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
    $publicHostKey = "$sshFolder\ssh_host_ed25519_key.pub"
    if (-not (Test-Path -LiteralPath $publicHostKey)) { Stop-Script 'openssh-not-started' @{ path = $publicHostKey } }
    $words = (@(Get-Content -LiteralPath $publicHostKey)[0]).Trim().Split(' ')
    $script:answer.hostKey = "$($words[0]) $($words[1])"
    $script:answer.changes = @($script:changes)
}
