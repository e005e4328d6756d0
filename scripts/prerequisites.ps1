# fragments: given lock machine files system connect marker readings probes records

# Anonymous NTP against the domain: an SSH session by key has no credentials to ask a domain controller with.
function Get-ClockSkew([string]$Domain) {
    Read-Fact 'clock' {
        $lines = @(& w32tm.exe /stripchart "/computer:$Domain" /samples:1 /dataonly)
        # A comma where the language writes numbers so.
        $found = [regex]::Match((($lines -join "`n") -replace ',(?=\d+s)', '.'), '([+-]\d+\.\d+)s')
        if (-not $found.Success) { throw "w32tm gave no offset to $Domain" }
        [math]::Round([double]::Parse($found.Groups[1].Value, [Globalization.CultureInfo]::InvariantCulture), 3)
    }
}

# Written once, before any package: what lies there later and is not listed was written by a wizard that succeeded.
function Get-OrAddBaseline($Given) {
    if ($null -eq (Get-Baseline)) {
        if ($null -ne (Get-ConnectPackage)) { Stop-Script 'baseline-lost' @{ path = $baselinePath } }
        $baseline = [ordered]@{
            writtenAt    = Format-Instant (Get-Date)
            computerName = $env:COMPUTERNAME
            generation   = [int]$Given.generation
            appliedFiles = @(Get-AppliedFile | ForEach-Object { $_.Name })
        }
        New-Folder $libraryFolder
        Write-WholeFile $baselinePath (ConvertTo-AsciiJson $baseline)
        Add-Change 'baseline written'
    }
    Get-Baseline
}

function Get-DiskAnswer([int]$MinimumGB) {
    $disk = Read-Fact 'disk' { Get-Instance 'Win32_LogicalDisk' "DeviceID='C:'" }
    [ordered]@{
        sizeGB    = if ($null -eq $disk) { $null } else { [int][math]::Round($disk.Size / 1GB) }
        freeGB    = if ($null -eq $disk) { $null } else { [int][math]::Floor($disk.FreeSpace / 1GB) }
        minimumGB = $MinimumGB
    }
}

function Get-DcomAnswer {
    $ole = 'HKLM:\SOFTWARE\Microsoft\Ole'
    [ordered]@{
        machineAccessRestriction = Read-Fact 'dcom' { $null -ne (Get-RegistryValue $ole 'MachineAccessRestriction') }
        machineLaunchRestriction = Read-Fact 'dcom' { $null -ne (Get-RegistryValue $ole 'MachineLaunchRestriction') }
        defaultLaunchPermission  = Read-Fact 'dcom' { $null -ne (Get-RegistryValue $ole 'DefaultLaunchPermission') }
    }
}

function Invoke-Script {
    $given = Get-Arguments @('domain', 'minimumDiskGB', 'ports', 'endpoints', 'tls', 'serverName', 'generation', 'asked')
    Enter-Lock
    # Without this nothing else may be believed: which machine this is, and what it is a member of.
    $computer = Get-Instance 'Win32_ComputerSystem'
    Confirm-ComputerName $given.serverName
    Confirm-NotRetired
    if (-not $computer.PartOfDomain) { Stop-Script 'not-joined' @{ domain = $given.domain; found = $computer.Domain } }
    if ($computer.Domain -ne $given.domain) { Stop-Script 'other-domain' @{ domain = $given.domain; found = $computer.Domain } }
    $baseline = Get-OrAddBaseline $given

    $script:answer.vmId = Get-MachineId
    $script:answer.asked = Format-StoredInstant $given.asked
    $script:answer.domain = [string]$computer.Domain
    $script:answer.operatingSystem = Get-OperatingSystem
    $script:answer.windows = Get-WindowsAnswer
    $script:answer.powershellVersion = Get-PowershellVersion
    $release = Read-Fact 'dotNet' { Get-RegistryValue 'HKLM:\SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full' 'Release' }
    $script:answer.dotNetRelease = $null
    if ($null -ne $release) { $script:answer.dotNetRelease = [int]$release }
    $script:answer.hardware = Get-HardwareAnswer $computer
    $script:answer.disk = Get-DiskAnswer $given.minimumDiskGB
    $script:answer.tls = @(Get-TlsAnswer $given.tls)
    $script:answer.dcom = Get-DcomAnswer
    $script:answer.powershell = Get-PowershellAnswer
    $script:answer.names = Get-NameAnswer
    $script:answer.licenceStatus = Get-LicenceAnswer
    $script:answer.pendingRestart = Read-Fact 'restart' { [bool](Test-PendingRestart) }
    $script:answer.enhancedSecurity = Get-EnhancedSecurity
    $script:answer.otherEngines = @(Read-Fact 'engines' { Get-OtherEngine })
    $script:answer.proxy = Get-ProxyAnswer
    $reached = Get-Reachability $given.ports $given.endpoints
    $script:answer.ports = @($reached.ports)
    $script:answer.endpoints = @($reached.endpoints)
    $script:answer.records = @(Get-RecordAnswer @("_ldap._tcp.dc._msdcs.$($given.domain)", "_kerberos._tcp.dc._msdcs.$($given.domain)", "_ldap._tcp.$($given.domain)"))
    $script:answer.clockSkewSeconds = Get-ClockSkew $given.domain
    $script:answer.secureChannel = Get-SecureChannelAnswer $given.domain
    $script:answer.unread = @($script:unread)
    $script:answer.baseline = [ordered]@{
        writtenAt = Format-StoredInstant $baseline.writtenAt; appliedFiles = @($baseline.appliedFiles)
    }
    $script:answer.changes = @($script:changes)
}
