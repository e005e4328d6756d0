# fragments: given lock machine files system connect marker readings masks joining netsetup signIn

# Netlogon finds its domain controller some time after Windows has started.
$channelSeconds = 180
$lookSeconds = 15

function Get-SettledChannel([string]$Domain) {
    # By the clock: where no controller answers, a look by itself can take a minute.
    $until = (Get-Date).AddSeconds($channelSeconds)
    while ($true) {
        $script:unread = @()
        $channel = Get-SecureChannelAnswer $Domain
        if (($channel.test -ne $false -and $channel.verify -ne $false) -or (Get-Date) -ge $until) { return $channel }
        Start-Sleep -Seconds $lookSeconds
    }
}

# The controller that the channel goes to stands behind two backslashes, in every language.
function Get-TrustedController([string]$Domain) {
    Read-Fact 'domainController' {
        $found = [regex]::Match((@(& nltest.exe "/sc_verify:$Domain") -join "`n"), '\\\\([A-Za-z0-9.-]+)')
        if ($found.Success) { $found.Groups[1].Value } else { '' }
    }
}

# Not /force: that can ask whoever sits there whether Windows may be restarted. What changed is applied without it too
# (Microsoft's reference of gpupdate), and on a new member all of it has changed.
function Update-Policy {
    $null = & gpupdate.exe /target:computer /wait:300
    [int64]$LASTEXITCODE
}

function Stop-NotMember($Given, $Computer) {
    $status = Get-NetSetupStatus 0
    if ($null -ne $status) {
        Add-Note "$netSetupPath says: $(Hide-Join $status.line '')"
        Add-JoinCause $status.code
    }
    # What was staged has had its start: the next run may stage again.
    Remove-Record $joiningPath
    Stop-Script 'not-a-member' @{ domain = $Given.domain; found = $Computer.Domain; name = $Given.computerName }
}

function Invoke-Script {
    $given = Get-Arguments @('computerName', 'vmId', 'domain', 'loginName')
    Enter-Lock
    Confirm-MachineId $given.vmId
    if (Test-RestartOwed) { Stop-Script 'restart-to-come' @{ boot = Get-BootInstant } }
    $computer = Get-Instance 'Win32_ComputerSystem'
    if ($computer.Name -ne $given.computerName) { Stop-Script 'renamed' @{ name = $given.computerName; found = $computer.Name; domain = $given.domain } }
    Confirm-NotRetired
    if (-not $computer.PartOfDomain) { Stop-NotMember $given $computer }
    if ($computer.Domain -ne $given.domain) { Stop-Script 'other-domain' @{ domain = $given.domain; found = $computer.Domain } }
    $script:answer.vmId = Get-MachineId
    $script:answer.domain = [string]$computer.Domain
    $script:answer.bootAt = Get-BootInstant
    $script:answer.secureChannel = Get-SettledChannel $given.domain
    $script:answer.domainController = Get-TrustedController $given.domain
    $script:answer.policyExitCode = Update-Policy
    # What the domain's policies, just applied, leave of the way in: this session is open, the next one has to be opened.
    $script:answer.signIn = Get-SignIn $given.loginName
    $script:answer.unread = @($script:unread)
    if (Test-Path -LiteralPath $joiningPath) {
        Remove-Record $joiningPath
        Add-Change 'the note of the staged join was taken away'
    }
    $script:answer.changes = @($script:changes)
}
