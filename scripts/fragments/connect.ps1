$engineFile = 'C:\Program Files\Microsoft Azure AD Sync\Bin\miiserver.exe'
$appliedFolder = 'C:\ProgramData\AADConnect'
$baselinePath = "$libraryFolder\baseline.json"

# Written when the gate opens for the first time. From then on somebody may have made this server the active one.
$passedPath = "$libraryFolder\gate-passed.json"

# CIM throws where it cannot look; Get-Service would answer "not there" alike. It is not waited for without end.
function Get-SynchronizationService { Get-CimInstance -ClassName Win32_Service -Filter "Name='ADSync'" -OperationTimeoutSec 60 }

# For people: whoever reads that a service is disabled takes it for stopped, so anything else is said aloud.
function Get-ServiceState($Service) {
    if ($null -eq $Service) { return 'not there' }
    if ($Service.State -eq 'Stopped') { 'stopped' } else { ([string]$Service.State).ToUpperInvariant() }
}

# The wizard can put the engine elsewhere. Its service knows where; where somebody removed the service, the gate wrote it down.
function Get-EngineFile {
    $service = Get-SynchronizationService
    $folder = [regex]::Match([string](Get-PropertyOrNull $service 'PathName'), '^\s*"?([^"]*)\\[^\\"]+\.exe').Groups[1].Value
    if ($folder) { return "$folder\miiserver.exe" }
    $known = [string](Get-PropertyOrNull (Read-Record $passedPath) 'engineFile')
    if ($known) { return $known }
    $engineFile
}

# A process or session that is older than the installation does not find the module by its name (field-reports F1), so the
# folder beside the engine comes first: the file, the folder (both documented), then the name.
function Get-ModuleFile { "$((Get-EngineFile) -replace '\\[^\\]+$')\ADSync\ADSync.psd1" }

function Import-EngineModule {
    $file = Get-ModuleFile
    $said = @()
    foreach ($name in @($file, ($file -replace '\\ADSync\.psd1$'), 'ADSync')) {
        try {
            Import-Module $name
            return
        } catch {
            if ($said -notcontains $_.Exception.Message) { $said += $_.Exception.Message }
        }
    }
    throw ($said -join ' ')
}

# Its true version is the engine's own ProductVersion (entra-connect.md section 3). Empty where it is not there.
function Get-EngineVersion {
    $path = Get-EngineFile
    if (Test-Path -LiteralPath $path) { Get-PlainVersion ([string](Get-Item -LiteralPath $path).VersionInfo.ProductVersion) } else { '' }
}

function Get-WizardPath([string]$InstallLocation) {
    $key = 'HKLM:\SOFTWARE\Microsoft\Azure AD Connect'
    $value = $null
    if (Test-Path -LiteralPath $key) { $value = Get-PropertyOrNull (Get-ItemProperty -LiteralPath $key) 'WizardPath' }
    $candidates = @()
    foreach ($path in @($value, $InstallLocation)) {
        if (-not $path) { continue }
        if ($path -like '*.exe') { $candidates += $path } else { $candidates += $path.TrimEnd('\') + '\AzureADConnect.exe' }
    }
    $candidates += 'C:\Program Files\Microsoft Azure Active Directory Connect\AzureADConnect.exe'
    $candidates += 'C:\Program Files\Microsoft Azure AD Connect\AzureADConnect.exe'
    foreach ($path in $candidates) { if (Test-Path -LiteralPath $path) { return $path } }
    ''
}

function Get-WizardProcess { Get-Process -Name AzureADConnect -ErrorAction SilentlyContinue }

# The first four numbers of a version, whatever is written round them.
function Get-PlainVersion([string]$Text) { [regex]::Match($Text, '\d+(\.\d+){1,3}').Value }

function Get-UninstallEntry {
    foreach ($root in @('HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall', 'HKLM:\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall')) {
        if (-not (Test-Path -LiteralPath $root)) { continue }
        foreach ($key in @(Get-ChildItem -LiteralPath $root)) {
            $values = Get-ItemProperty -LiteralPath "$root\$($key.PSChildName)"
            $name = Get-PropertyOrNull $values 'DisplayName'
            if (-not $name) { continue }
            New-Object -TypeName PSObject -Property @{
                DisplayName    = [string]$name
                DisplayVersion = [string](Get-PropertyOrNull $values 'DisplayVersion')
                ProductCode    = [string]$key.PSChildName
            }
        }
    }
}

# The package itself, not the agents that come with it. Its display name changed with the product's.
function Get-ConnectPackage {
    Get-UninstallEntry | Where-Object { $_.DisplayName -match '^Microsoft (Azure AD|Entra) Connect( Sync)?$' } | Select-Object -First 1
}

function Get-AppliedFile {
    if (Test-Path -LiteralPath $appliedFolder) {
        Get-ChildItem -LiteralPath $appliedFolder -Filter 'Applied-SynchronizationPolicy-*' | Sort-Object -Property Name
    }
}

# Once a gate has passed on this machine somebody may have made it the active server. A disk that was restored from another
# machine carries that one's record.
function Test-GatePassed {
    $passed = Read-Record $passedPath
    $null -ne $passed -and (Test-MachineId ([string](Get-PropertyOrNull $passed 'vmId')))
}

function Get-Baseline { Read-Record $baselinePath }

# A file that the wizard wrote after the baseline: written only when a configuration succeeded.
function Get-NewAppliedFile($Baseline) {
    $known = @($Baseline.appliedFiles)
    Get-AppliedFile | Where-Object { $known -notcontains $_.Name } | Sort-Object -Property LastWriteTimeUtc, Name | Select-Object -Last 1
}

# Public scripts read the one or the other.
function Get-ConnectorType($Connector) {
    $name = Get-PropertyOrNull $Connector 'ConnectorTypeName'
    if (-not $name) { $name = Get-PropertyOrNull $Connector 'Type' }
    [string]$name
}

function Get-LowerHash([string]$Path) { (Get-FileHash -LiteralPath $Path -Algorithm SHA256).Hash.ToLowerInvariant() }
