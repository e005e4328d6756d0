# What only Windows has, read from server.json. The allow-list is the export list at the end: nothing else is simulated.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
Microsoft.PowerShell.Core\Import-Module -Name "$PSScriptRoot/World.psm1" -DisableNameChecking
. "$PSScriptRoot/Services.ps1"
. "$PSScriptRoot/Programs.ps1"
. "$PSScriptRoot/Registry.ps1"
. "$PSScriptRoot/Packages.ps1"
. "$PSScriptRoot/Events.ps1"
. "$PSScriptRoot/Jobs.ps1"
. "$PSScriptRoot/Network.ps1"
. "$PSScriptRoot/Join.ps1"
. "$PSScriptRoot/Accounts.ps1"
. "$PSScriptRoot/Tasks.ps1"
. "$PSScriptRoot/Protection.ps1"
. "$PSScriptRoot/Web.ps1"

# What somebody did here before this script began.
function Update-Machine {
    $world = Read-World
    if (Get-Entry $world.peculiarities 'dayFirstDates') { [Globalization.CultureInfo]::CurrentCulture = [Globalization.CultureInfo]::GetCultureInfo('de-DE') }
    $service = Get-Entry $world.services 'ADSync'
    if ($null -eq $service -or -not (Get-Entry $world.peculiarities 'engineConfigEdited')) { return }
    $path = ConvertTo-Path "$($service.path).config"
    $text = [IO.File]::ReadAllText($path)
    if (-not $text.Contains('enforceFIPSPolicy')) { [IO.File]::WriteAllText($path, $text.Replace('</runtime>', "  <enforceFIPSPolicy enabled=`"false`" />`n  </runtime>")) }
}

# A missing thing is an error unless the caller said SilentlyContinue; all our scripts run with Stop.
function Deny-Missing([System.Management.Automation.PSCmdlet]$Cmdlet, [string]$Text) {
    $preference = $Cmdlet.MyInvocation.BoundParameters['ErrorAction']
    if (@('SilentlyContinue', 'Ignore') -notcontains [string]$preference) { throw $Text }
}

function Get-Date {
    [CmdletBinding()]
    param()
    Get-SimulatedTime (Read-World)
}

function Start-Sleep {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][ValidateRange(0, 2147483)][int]$Seconds)
    [System.Threading.Thread]::Sleep([int](1000 * $Seconds / (Read-World).clock.scale))
}

# By name it is found on the module path of this process, by path in the engine's folder (entra-connect.md section 3). A
# session over SSH has the module path that sshd got at its start: an engine that is younger is not on it (field-reports F1).
function Test-ModuleName($World, [string]$Name) {
    if ($Name -eq 'ADSync') {
        $installed = Get-Entry $World.adsync 'installedAt'
        $old = $installed -and (ConvertTo-Instant $World.bootedAt) -le (ConvertTo-Instant $installed)
        return -not $old -and -not (Get-Entry $World.peculiarities 'moduleOnlyByPath')
    }
    $service = Get-Entry $World.services 'ADSync'
    if ($null -eq $service) { return $false }
    $folder = ([string]$service.path -replace '\\[^\\]+$', '') + '\ADSync'
    @($folder, "$folder\ADSync.psd1") -contains $Name
}

function Import-Module {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, Position = 0)][string]$Name)
    $world = Read-World
    $refused = Get-Entry $world.peculiarities 'moduleRefused'
    if ($Name -match 'ADSync' -and $refused) { throw $refused }
    if ($null -eq (Get-Entry $world 'adsync') -or -not (Test-ModuleName $world $Name)) {
        throw "The specified module '$Name' was not loaded because no valid module file was found in any module directory."
    }
    Microsoft.PowerShell.Core\Import-Module -Name "$PSScriptRoot/ADSync.psm1" -Global -DisableNameChecking
}

# What WMI says where it fails, for every class or for those that are named.
function Get-ClassFailure($World, [string]$ClassName) {
    $fails = Get-Entry $World.peculiarities 'wmiFails'
    $classes = Get-Entry $World.peculiarities 'wmiFailsFor'
    if ($fails -and ($null -eq $classes -or @($classes) -contains $ClassName)) { $fails }
}

function Get-CimInstance {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, Position = 0)][string]$ClassName, [string]$Filter, [uint32]$OperationTimeoutSec)
    $world = Read-World
    $fails = Get-ClassFailure $world $ClassName
    if ($fails) {
        # As a cmdlet ends, so that the caller sees which one it was.
        $PSCmdlet.ThrowTerminatingError([System.Management.Automation.ErrorRecord]::new([Exception]::new($fails), 'HRESULT 0x80041001', 'NotSpecified', $null))
    }
    $system = $world.operatingSystem
    $around = $world.surroundings
    switch ("$ClassName|$Filter") {
        'Win32_ComputerSystem|' { return [pscustomobject]@{ Name = $world.computerName; Domain = $world.domain.name; PartOfDomain = $world.domain.joined; TotalPhysicalMemory = [uint64]($around.memoryGiB * 1GB); NumberOfLogicalProcessors = $around.processors } }
        'Win32_Processor|' { return [pscustomobject]@{ MaxClockSpeed = $around.megahertz } }
        'Win32_NTDomain|' { return @($around.netBiosNames | ForEach-Object { [pscustomobject]@{ DomainName = $_; DnsForestName = $world.domain.name } }) }
        "SoftwareLicensingProduct|ApplicationID='55c92734-d682-4d71-983e-d6ec3f16059f' AND PartialProductKey IS NOT NULL" { return [pscustomobject]@{ LicenseStatus = $around.licenceStatus } }
        'Win32_ComputerSystemProduct|' { return [pscustomobject]@{ UUID = $world.vmId.ToUpperInvariant() } }
        'Win32_OperatingSystem|' { return [pscustomobject]@{ Caption = $system.caption; Version = $system.version; BuildNumber = $system.buildNumber; ProductType = 3; LastBootUpTime = (ConvertTo-Instant $world.bootedAt).ToLocalTime() } }
        "Win32_LogicalDisk|DeviceID='C:'" { return [pscustomobject]@{ Size = [uint64]$world.disk.sizeGB * 1GB; FreeSpace = [uint64]$world.disk.freeGB * 1GB } }
    }
    $wanted = [regex]::Match($Filter, "^Name='([^']+)'$").Groups[1].Value
    if ($ClassName -ne 'Win32_Service' -or ($Filter -and -not $wanted)) { throw "Invalid class or query: $ClassName $Filter" }
    $modes = @{ Automatic = 'Auto'; Manual = 'Manual'; Disabled = 'Disabled' }
    foreach ($entry in $world.services.PSObject.Properties) {
        if ($wanted -and $entry.Name -ne $wanted) { continue }
        $service = $entry.Value
        [pscustomobject]@{
            Name = $entry.Name; DisplayName = $service.displayName; State = $service.status; StartMode = $modes[$service.startType]
            StartName = $service.account; PathName = "`"$($service.path)`""
        }
    }
}

# What scripts ask of a file; the version of an executable is in server.json.
function Get-Item {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$LiteralPath)
    $item = Microsoft.PowerShell.Management\Get-Item -LiteralPath $LiteralPath
    $world = Read-World
    $version = [string](Get-Entry $world.fileVersions $LiteralPath)
    $size = Get-Entry (Get-Entry $world 'fileSizes') $LiteralPath
    if ($null -eq $size) { $size = Get-Entry $item 'Length' }
    [pscustomobject]@{
        Name = $item.Name; Length = $size; LastWriteTimeUtc = $item.LastWriteTimeUtc; Attributes = $item.Attributes
        VersionInfo = [pscustomobject]@{ FileVersion = $version; ProductVersion = $version }
    }
}

function Get-Process {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$Name)
    $found = @((Read-World).processes | Where-Object { $_.name -eq $Name })
    if ($found.Count -eq 0) { Deny-Missing $PSCmdlet "Cannot find a process with the name `"$Name`"." }
    $found | ForEach-Object { [pscustomobject]@{ ProcessName = $_.name; Name = $_.name; Id = $_.id; Path = $_.path } }
}

function Stop-Process {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][int]$Id, [switch]$Force)
    Edit-World { param($world)
        $world.processes = @($world.processes | Where-Object { $_.id -ne $Id })
        if ($world.wizard.state -eq 'open') { $world.wizard.state = 'waiting' }
    }
}

Export-ModuleMember -Function Update-Machine, Get-Date, Start-Sleep, Import-Module, Get-CimInstance, Get-Item, Get-Process, Stop-Process,
    Get-NetFirewallRule, New-NetFirewallRule, Set-NetFirewallRule, Get-NetFirewallProfile, Get-NetConnectionProfile, Get-NetTCPConnection,
    New-LocalUser, Enable-LocalUser, Rename-LocalUser, Add-LocalGroupMember, Get-LocalGroupMember, Get-Service, Set-Service, Start-Service, Stop-Service, Restart-Service,
    Add-WindowsCapability, Start-Process, icacls.exe, w32tm.exe, secedit.exe, nltest.exe, netsh.exe, Get-Tpm, Test-ComputerSecureChannel, djoin.exe, Add-Computer, shutdown.exe, gpupdate.exe, Resolve-DnsName, Get-LocalUser,
    Get-AuthenticodeSignature, New-Object, Get-WinEvent, New-EventLog, Remove-EventLog, Write-EventLog, Get-Acl,
    Register-ScheduledTask, Unregister-ScheduledTask, Get-ScheduledTask, Get-ScheduledTaskInfo, Export-ScheduledTask, Start-ScheduledTask, Start-Job, Wait-Job, Receive-Job, Remove-Job
