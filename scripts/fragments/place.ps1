# Where the product lies: its service, its module beside the engine, its wizard.
$engineFile = 'C:\Program Files\Microsoft Azure AD Sync\Bin\miiserver.exe'
$appliedFolder = 'C:\ProgramData\AADConnect'

# CIM throws where it cannot look; Get-Service would answer "not there" alike. It is not waited for without end.
function Get-SynchronizationService { Get-CimInstance -ClassName Win32_Service -Filter "Name='ADSync'" -OperationTimeoutSec 60 }

# The wizard can put the engine elsewhere. Its service knows where.
function Get-EngineFile {
    $service = Get-SynchronizationService
    $folder = [regex]::Match([string](Get-PropertyOrNull $service 'PathName'), '^\s*"?([^"]*)\\[^\\"]+\.exe').Groups[1].Value
    if ($folder) { return "$folder\miiserver.exe" }
    $known = Get-RecordedEngineFile
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

# The first four numbers of a version, whatever is written round them.
function Get-PlainVersion([string]$Text) { [regex]::Match($Text, '\d+(\.\d+){1,3}').Value }

# Public scripts read the one or the other.
function Get-ConnectorType($Connector) {
    $name = Get-PropertyOrNull $Connector 'ConnectorTypeName'
    if (-not $name) { $name = Get-PropertyOrNull $Connector 'Type' }
    [string]$name
}

function Get-LowerHash([string]$Path) { (Get-FileHash -LiteralPath $Path -Algorithm SHA256).Hash.ToLowerInvariant() }
