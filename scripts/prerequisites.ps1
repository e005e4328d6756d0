# fragments: given lock machine files system connect marker

function Get-Switch([string]$Key, [string]$Name) {
    $value = Get-RegistryValue $Key $Name
    if ($null -eq $value) { $null } else { [int]$value -ne 0 }
}

# Anonymous NTP against the domain: an SSH session by key has no credentials to ask a domain controller with.
function Get-ClockSkew([string]$Domain) {
    $lines = @(& w32tm.exe /stripchart "/computer:$Domain" /samples:1 /dataonly)
    $found = [regex]::Match(($lines -join "`n"), '([+-]\d+\.\d+)s')
    if (-not $found.Success) {
        Add-Warning "The clock could not be compared with ${Domain}: w32tm gave no offset."
        return $null
    }
    [math]::Round([double]::Parse($found.Groups[1].Value, [Globalization.CultureInfo]::InvariantCulture), 3)
}

function Test-Port([string]$Address, [int]$Port) {
    $client = New-Object -TypeName System.Net.Sockets.TcpClient
    try {
        $attempt = $client.ConnectAsync($Address, $Port)
        [bool]$attempt.Wait(5000)
    } catch {
        $false
    } finally {
        $client.Close()
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

function Invoke-Script {
    $given = Get-Arguments @('domain', 'minimumDiskGB', 'ports', 'serverName', 'generation')
    Enter-Lock
    Confirm-ComputerName $given.serverName
    Confirm-NotRetired
    $computer = Get-CimInstance -ClassName Win32_ComputerSystem
    if (-not $computer.PartOfDomain) { Stop-Script 'not-joined' @{ domain = $given.domain; found = $computer.Domain } }
    if ($computer.Domain -ne $given.domain) { Stop-Script 'other-domain' @{ domain = $given.domain; found = $computer.Domain } }

    $disk = Get-CimInstance -ClassName Win32_LogicalDisk -Filter "DeviceID='C:'"
    $sizeGB = [int][math]::Round($disk.Size / 1GB)
    if ($sizeGB -lt $given.minimumDiskGB) { Add-Warning "Drive C: has $sizeGB GB; $($given.minimumDiskGB) GB are advised for this number of objects." }
    $net = 'HKLM:\SOFTWARE\Microsoft\.NETFramework\v4.0.30319'
    $ole = 'HKLM:\SOFTWARE\Microsoft\Ole'
    $release = Get-RegistryValue 'HKLM:\SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full' 'Release'
    $baseline = Get-OrAddBaseline $given

    $script:answer.vmId = Get-MachineId
    $script:answer.domain = [string]$computer.Domain
    $script:answer.operatingSystem = Get-OperatingSystem
    $script:answer.powershellVersion = Get-PowershellVersion
    $script:answer.dotNetRelease = $null
    if ($null -ne $release) { $script:answer.dotNetRelease = [int]$release }
    $script:answer.tls = [ordered]@{
        strongCrypto          = Get-Switch $net 'SchUseStrongCrypto'
        systemDefaultVersions = Get-Switch $net 'SystemDefaultTlsVersions'
        clientEnabled         = Get-Switch 'HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client' 'Enabled'
    }
    $script:answer.dcom = [ordered]@{
        machineAccessRestriction = $null -ne (Get-RegistryValue $ole 'MachineAccessRestriction')
        machineLaunchRestriction = $null -ne (Get-RegistryValue $ole 'MachineLaunchRestriction')
        defaultLaunchPermission  = $null -ne (Get-RegistryValue $ole 'DefaultLaunchPermission')
    }
    $script:answer.clockSkewSeconds = Get-ClockSkew $given.domain
    $script:answer.disk = [ordered]@{
        sizeGB = $sizeGB; freeGB = [int][math]::Floor($disk.FreeSpace / 1GB); minimumGB = [int]$given.minimumDiskGB
    }
    $script:answer.ports = @($given.ports | ForEach-Object {
            [ordered]@{ host = [string]$_.host; port = [int]$_.port; open = Test-Port $_.host $_.port }
        })
    $script:answer.packages = @(Get-UninstallEntry | Sort-Object -Property DisplayName | ForEach-Object {
            [ordered]@{ displayName = $_.DisplayName; displayVersion = $_.DisplayVersion }
        })
    $script:answer.baseline = [ordered]@{
        writtenAt = Format-StoredInstant $baseline.writtenAt; appliedFiles = @($baseline.appliedFiles)
    }
    $script:answer.changes = @($script:changes)
}
