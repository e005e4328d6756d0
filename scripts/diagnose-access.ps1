# fragments: machine system files connectionKey signIn
param(
    [Parameter(Mandatory = $true, Position = 0)][string]$LoginName,
    [Parameter(Mandatory = $true, Position = 1)][string]$PublicKeyBase64,
    # Not read: another value makes Azure run the script again.
    [string]$Asked
)

# Why SSH does not get in, read as SYSTEM by Azure Run Command: changes nothing, and Azure keeps the last 4 KB of what it says.

function Get-AuthorizedKeyFound {
    $path = "$sshFolder\administrators_authorized_keys"
    if (-not (Test-Path -LiteralPath $path)) { return 'missing' }
    $lines = @(Get-Content -LiteralPath $path | Where-Object { $_ -match '^\s*[^#\s]' })
    if ($lines.Count -gt 1) { return 'several' }
    if ($lines.Count -eq 1 -and $lines[0].Trim() -ceq (Get-PublicKey $PublicKeyBase64)) { return 'ours' }
    'another'
}

function Get-HostKeyFound {
    $path = "$sshFolder\ssh_host_ed25519_key.pub"
    if (-not (Test-Path -LiteralPath $path)) { return $null }
    $line = [string]@(Get-Content -LiteralPath $path)[0]
    [regex]::Match($line, '^ssh-ed25519 [A-Za-z0-9+/]+={0,2}').Value
}

function Test-Listening {
    try { @(Get-NetTCPConnection -LocalPort 22 -State Listen).Count -gt 0 } catch {
        # Nothing found is an error to this command, told by its identifier in every language.
        if ($_.FullyQualifiedErrorId -like 'CmdletizationQuery_NotFound*') { return $false }
        $null
    }
}

# What sshd itself said: bad permissions, a user that it does not let in, a session that it could not open.
function Get-SshEvents {
    try { $found = @(Get-WinEvent -FilterHashtable @{ LogName = 'OpenSSH/Operational' } -MaxEvents 5) } catch {
        if ($_.FullyQualifiedErrorId -like 'NoMatchingEventsFound*') { return , @() }
        return $null
    }
    , @($found | ForEach-Object {
            $text = ConvertTo-Ascii ([string]$_.Message)
            if ($text.Length -gt 160) { $text = $text.Substring(0, 160) }
            [ordered]@{ at = Format-Instant $_.TimeCreated; message = $text }
        })
}

function Invoke-Script {
    $system = Get-CimInstance -ClassName Win32_ComputerSystem
    $script:answer.vmId = Get-MachineId
    $script:answer.lastBootAt = Format-Instant (Get-CimInstance -ClassName Win32_OperatingSystem).LastBootUpTime
    $script:answer.domain = [ordered]@{ joined = [bool]$system.PartOfDomain; name = [string]$system.Domain }
    $script:answer.signIn = Get-SignIn $LoginName
    $script:answer.authorizedKey = Get-AuthorizedKeyFound
    $script:answer.hostKey = Get-HostKeyFound
    $script:answer.listening = Test-Listening
    $script:answer.events = Get-SshEvents
}
