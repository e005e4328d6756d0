# entra-connect script: archive-configuration
<#
.SYNOPSIS
    What the scheduled task of pulumi-entra-connect runs: collects this server's configuration and archives it. Read-only.
.DESCRIPTION
    The task \pulumi-entra-connect\archive-configuration runs it as SYSTEM. Its settings are in archiving.json beside it, and
    both are run and read only as they were installed: their SHA-256 stand in the task itself.

    It waits for an idle engine, calls only cmdlets whose names begin with Get-, starts no synchronization and changes no
    setting. What it collects goes into the folder queue, from there to the storage account named in archiving.json, with the
    machine's own identity, under a new name each time and never over another. Of each run one event is written: log
    Application, source pulumi-entra-connect, 100 archived, 101 collected but not archived, 110 failed; its message is JSON
    (archive-configuration.health.schema.json).
    This file is put together from tested pieces (scripts/archiving, scripts/collect and scripts/fragments).
.PARAMETER ScriptSha256
    Of this file as the task has just read it; stands in the manifest.
.PARAMETER ConfigurationSha256
    What archiving.json must have. Another one is refused.
.NOTES
    Exit codes, the task's last result: 0 archived, 1 unexpected, 40 collected but not archived, 41 not collected,
    42 another run is at work, 43 the folder or its files are not as they were installed (also from the task's own line),
    44 the event could not be written.
#>
[CmdletBinding()]
param(
    [string]$ScriptSha256 = '',
    [string]$ConfigurationSha256 = ''
)

# Moved on with every change of what is collected or how it is archived.
$archiverVersion = '1'
$exitCodes = @{ archived = 0; waiting = 40; failed = 41; busy = 42; changed = 43; silent = 44 }
# The collector's own choice, which takes minutes on a large server.
$CountObjects = $false

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'

$libraryFolder = 'C:\ProgramData\pulumi-entra-connect'

# Output passes a console code page, and output that is not UTF-8 fails the operation after the script has run.
function ConvertTo-Ascii([string]$Text) {
    [regex]::Replace(($Text -replace '[\r\n]+', ' '), '[^\x20-\x7e]', '?')
}

function ConvertTo-AsciiJson($Value) {
    # Windows PowerShell 5.1 can print an array as {"value":[],"Count":0}; without this type extension it does not.
    Remove-TypeData -TypeName System.Array -ErrorAction SilentlyContinue
    $json = ConvertTo-Json -InputObject $Value -Depth 12 -Compress
    [regex]::Replace($json, '[^\x20-\x7e]', { param($found) '\u{0:x4}' -f [int][char]$found.Value })
}

# The engine gives its instants in UTC without saying so.
function Format-Instant([datetime]$Value) {
    if ($Value.Kind -eq 'Unspecified') { $Value = [datetime]::SpecifyKind($Value, 'Utc') }
    $Value.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", [Globalization.CultureInfo]::InvariantCulture)
}

# ConvertFrom-Json keeps an instant as text in 5.1; later versions make a date of it.
function Format-StoredInstant($Value) {
    if ($Value -is [datetime]) { Format-Instant $Value } else { [string]$Value }
}

function Get-PropertyOrNull($Object, [string]$Name) {
    if ($null -eq $Object) { return $null }
    $property = $Object.PSObject.Properties[$Name]
    if ($null -eq $property) { return $null }
    $property.Value
}

function Get-Short([string]$Text) { if ($Text.Length -gt 200) { $Text.Substring(0, 200) } else { $Text } }

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

# The run history. Its dates are UTC without saying so (public code calls ToLocalTime on them), may be local ones that say
# so, and are text in the form of the server's region where they went through text. Compared as they come they would stand
# in a wrong order: 05.11. after 04.12., a local hour before a UTC one.
function ConvertTo-Utc($Value) {
    if ($null -eq $Value) { return $null }
    if ($Value -isnot [datetime]) {
        $text = ([string]$Value).Trim()
        if (-not $text) { return $null }
        $culture = [Globalization.CultureInfo]::CurrentCulture
        if ($text -match '^\d{4}-\d\d-\d\d') { $culture = [Globalization.CultureInfo]::InvariantCulture }
        $Value = [datetime]::Parse($text, $culture, [Globalization.DateTimeStyles]::RoundtripKind)
    }
    if ($Value.Kind -eq 'Unspecified') { $Value = [datetime]::SpecifyKind($Value, 'Utc') }
    $Value.ToUniversalTime()
}

# What can be read of the synchronization engine beside its configuration: database, identity, its certificate, its file
# of settings. A build or a server that lacks one of them throws; callers make a warning of that.

function Get-EngineFolder { (Get-EngineFile) -replace '\\Bin\\miiserver\.exe$', '' }

# In Data, by newer LocalDB in a folder of its instance's name there (ADSync2019 in public code). The largest counts.
function Get-DatabaseFileMB {
    $folder = "$(Get-EngineFolder)\Data"
    if (-not (Test-Path -LiteralPath $folder)) { return $null }
    $folders = @($folder) + @(Get-ChildItem -LiteralPath $folder | Where-Object { $_.PSIsContainer } | ForEach-Object { "$folder\$($_.Name)" })
    $sizes = @($folders | Where-Object { Test-Path -LiteralPath "$_\ADSync.mdf" } | ForEach-Object { (Get-Item -LiteralPath "$_\ADSync.mdf").Length } | Sort-Object)
    if ($sizes.Count -eq 0) { return $null }
    [int][math]::Ceiling($sizes[-1] / 1MB)
}

# One key for each version of LocalDB that is installed (Microsoft: OLE DB Driver, LocalDB support).
function Get-LocalDbVersion {
    $key = 'HKLM:\SOFTWARE\Microsoft\Microsoft SQL Server Local DB\Installed Versions'
    if (Test-Path -LiteralPath $key) { Get-ChildItem -LiteralPath $key | ForEach-Object { [string]$_.PSChildName } | Sort-Object }
}

function Get-DatabaseFacts {
    $found = Get-ADSyncDatabaseConfiguration
    $local = Get-PropertyOrNull $found 'IsLocalDBInstalled'
    $used = Get-PropertyOrNull $found 'LocalDBUsedSpaceInMb'
    if ($null -eq $local) { throw 'Get-ADSyncDatabaseConfiguration does not say IsLocalDBInstalled' }
    if ($null -ne $used) { $used = [int]$used }
    $kind = 'sqlServer'
    $file = $null
    if ([bool]$local) {
        $kind = 'localdb'
        # What LocalDB says is enough where Windows does not say where the engine is.
        try { $file = Get-DatabaseFileMB } catch { $file = $null }
    } else { $used = $null }
    [ordered]@{
        kind            = $kind
        usedMB          = $used
        fileMB          = $file
        server          = [string](Get-PropertyOrNull $found 'SqlServerName')
        instance        = [string](Get-PropertyOrNull $found 'SqlServerInstanceName')
        name            = [string](Get-PropertyOrNull $found 'SqlServerDBName')
        localDbVersions = @(Get-LocalDbVersion)
    }
}

# Of what the credential's properties say only the kind, an application's identifier and the end of its certificate are
# taken. The page names ConnectorIdentityType and a user name {AppID}@tenant; what else there is differs by build.
function Get-ConnectorIdentity {
    $credential = Get-ADSyncEntraConnectorCredential
    $facts = @{ type = [string](Get-PropertyOrNull $credential 'ConnectorIdentityType'); applicationId = $null; endsAt = $null }
    foreach ($property in @($credential.PSObject.Properties)) {
        $value = $property.Value
        $identifier = [regex]::Match([string]$value, '^\{?([0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\}?(@|$)').Groups[1].Value
        if ($identifier -and $property.Name -match '(user|app|application|client).*(name|id)$') { $facts.applicationId = $identifier.ToLowerInvariant() }
        $end = $value
        if ($property.Name -match 'certificate$') { $end = Get-PropertyOrNull $value 'NotAfter' }
        if ($end -is [datetime] -and $property.Name -match 'certificate$|notafter|expir|validto') { $facts.endsAt = Format-Instant $end }
    }
    New-Object -TypeName PSObject -Property $facts
}

# Source Directory Synchronization: 1011 renewal is due, 1012 expired, 1013 made, 1014 made without a TPM. No event at all
# is an error of this cmdlet, and so is a source that has never written one.
function Get-CertificateEvent {
    $wanted = @{ LogName = 'Application'; ProviderName = 'Directory Synchronization'; Id = 1011, 1012, 1013, 1014 }
    $found = @()
    try { $found = @(Get-WinEvent -FilterHashtable $wanted -MaxEvents 20) } catch {
        if ($_.FullyQualifiedErrorId -notmatch '^NoMatching(Events|Providers)Found') { throw }
    }
    # The product's words, the same in every language of Windows.
    $found | Where-Object { $_.Id -ne 1013 -or $_.Message -match 'Created certificate' } | Sort-Object -Property TimeCreated -Descending |
        ForEach-Object { [ordered]@{ id = [int]$_.Id; at = Format-Instant $_.TimeCreated } }
}

# Microsoft documents one edit of it, for password hash synchronization where FIPS is enforced.
function Get-EngineConfig {
    $path = "$(Get-EngineFile).config"
    if (-not (Test-Path -LiteralPath $path)) { throw "there is no $path" }
    $text = [string](Get-Content -LiteralPath $path -Raw)
    [ordered]@{ sha256 = Get-LowerHash $path; fipsEdit = $text -match '<enforceFIPSPolicy\b' }
}

$script:warnings = @()
$script:notAvailable = @()
$script:scrubbed = @()
$script:collected = 0
$script:connectors = @()
$script:refusal = $null

function Add-Warning([string]$Text) { $script:warnings += ($Text -replace '[\r\n]+', ' ') }

function Add-NotAvailable([string]$Name, [string]$Reason) {
    $script:notAvailable += [ordered]@{ name = $Name; reason = ($Reason -replace '[\r\n]+', ' ') }
}

function Stop-Collecting([int]$Code, [string]$What, [string]$Why, [string]$Next) {
    $script:refusal = @{ Code = $Code; Lines = @("What: $What", "Why: $Why", "Next: $Next") }
    throw 'refused'
}

function Get-Text($Object, [string]$Name) {
    $property = $Object.PSObject.Properties[$Name]
    if ($null -eq $property -or $null -eq $property.Value) { $null } else { [string]$property.Value }
}

function Write-Evidence([string]$Path, $Value) {
    $file = Join-Path $script:working $Path
    $null = New-Item -ItemType Directory -Path (Split-Path -Parent $file) -Force
    [IO.File]::WriteAllText($file, (ConvertTo-AsciiJson $Value), [Text.Encoding]::ASCII)
}

function Get-Size([string]$Path) { (New-Object -TypeName System.IO.FileInfo -ArgumentList $Path).Length }

# Ordinal order: the same on every server, whatever its language.
function Get-WorkingFile {
    $root = $script:working.Length + 1
    $paths = [string[]]@([IO.Directory]::GetFiles($script:working, '*', [IO.SearchOption]::AllDirectories) | ForEach-Object { $_.Substring($root).Replace('\', '/') })
    [Array]::Sort($paths, [StringComparer]::Ordinal)
    $paths
}

# The names are its own: the block sees them before those of its caller.
function Invoke-Step([string]$StepName, [string]$StepFile, [scriptblock]$StepRead) {
    try {
        $stepValue = & $StepRead
        if ($StepFile) { Write-Evidence $StepFile $stepValue }
        $script:collected++
    } catch {
        Add-NotAvailable $StepName ([string]$_.Exception.Message)
        Add-Warning "$StepName could not be collected: $($_.Exception.Message)"
    }
}

# A cmdlet that is not there, or that would ask for something we do not know, is not called.
function Confirm-Callable([string]$Cmdlet, [string[]]$Given) {
    $command = Get-Command -Name $Cmdlet -Module ADSync -ErrorAction SilentlyContinue
    if ($null -eq $command) { throw "this build of the ADSync module has no $Cmdlet" }
    foreach ($parameter in @($command.Parameters.Values)) {
        if ($Given -contains $parameter.Name) { continue }
        foreach ($attribute in @($parameter.Attributes)) {
            $asks = $attribute -is [Management.Automation.ParameterAttribute] -and $attribute.Mandatory
            if ($asks) { throw "$Cmdlet asks for the parameter $($parameter.Name), whose meaning is not documented" }
        }
    }
    foreach ($name in $Given) { if (-not $command.Parameters.ContainsKey($name)) { throw "$Cmdlet has no parameter $name" } }
}

# What a secret is called, as the whole name or its last part; PasswordHashSync is a switch, not a secret. And what need not
# be one, and costs the tenant where it is. And how one gives itself away that is called otherwise. The same three
# expressions as in compare and document; a test holds them together.
$secretName = '(^|[-_.\s])(\w*(password|passphrase|secret|accesstoken|privatekey)|pwd|passwd|private-key|encryption-key)$'
$likelySecretName = '((password|passphrase|secret)[-_.]?(value|text|plain|plaintext|string|hash)|(api|access|account|shared|shared[-_.]?access|storage|subscription|function|master|signing|client)[-_.]?key|(?<!public[-_.]?key[-_.]?)tokens?|sastoken|credentials?)$'
$tellingValue = '(^|[;?&\s"''])(password|pwd|accountkey|sharedaccesskey|client_?secret|access_?token|sig)\s*=\s*[^\s;&"''[]|-----BEGIN [A-Z ]*PRIVATE KEY-----|^\s*(bearer|basic)\s+[\w+/=.-]{8,}\s*$|^\s*eyJ[\w-]+\.[\w-]+\.[\w-]*\s*$|^\w+:\/\/[^\s/@:]+:[^\s/@]+@'

function Test-SecretName([string]$Name) { $Name -match $secretName -or $Name -match $likelySecretName }

# What Windows' data protection (DPAPI) makes begins so in Base64, whatever it is called.
function Test-SecretValue([string]$Value) { $Value.Length -gt 7 -and ($Value.TrimStart().StartsWith('AQAAANCMnd8B') -or $Value -match $tellingValue) }

# An attribute's InnerText can be set, not read.
function Get-NodeText($Node) { if ($Node -is [System.Xml.XmlAttribute]) { $Node.Value } else { $Node.InnerText } }

# Empties what is encrypted, named like a secret or gives itself away, before anything is hashed. All else stays byte for byte.
function Remove-XmlSecret([string]$File) {
    $document = New-Object -TypeName System.Xml.XmlDocument
    $document.PreserveWhitespace = $true
    $document.XmlResolver = $null
    $document.Load($File)
    $count = 0
    $lower = "translate(local-name(), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"
    $words = @('pass', 'secret', 'key', 'pwd', 'token', 'credential')
    $part = ($words | ForEach-Object { "contains($lower, '$_')" }) -join ' or '
    $found = @($document.SelectNodes("//*[@encrypted='1' or @encrypted='true' or contains(@type, 'encrypted') or $lower='encrypted-attributes']"))
    $found += @($document.SelectNodes("//*[local-name()='parameter' and @name]") | Where-Object { Test-SecretName $_.GetAttribute('name') })
    $found += @($document.SelectNodes("//*[not(*) and ($part)] | //@*[$part]") | Where-Object { Test-SecretName $_.LocalName })
    # A quick look first: a large export has a hundred thousand values.
    $hint = "contains(., '=') or contains(., '://') or contains(., 'eyJ') or contains(., 'AQAAANCMnd8B') or contains(., 'PRIVATE KEY') or contains(translate(., 'BEARSICZ', 'bearsicz'), 'bearer ') or contains(translate(., 'BEARSICZ', 'bearsicz'), 'basic ')"
    $found += @($document.SelectNodes("//*[not(*)][$hint] | //@*[$hint]") | Where-Object { Test-SecretValue (Get-NodeText $_) })
    foreach ($node in $found) {
        if ($node.HasChildNodes -eq $false -or ($node -is [System.Xml.XmlAttribute] -and $node.Value -eq '')) { continue }
        $node.InnerXml = ''
        $count++
    }
    if ($count -eq 0) { return }
    $document.Save($File)
    $script:scrubbed += [ordered]@{ path = $File.Substring($script:working.Length + 1).Replace('\', '/'); values = $count }
}

# The first thing in a JSON text that is a secret, by name; nothing where there is none.
function Find-JsonSecret([string]$Text) {
    foreach ($member in [regex]::Matches($Text, '"([^"\\]+)"\s*:\s*"((?:[^"\\]|\\.)+)"')) {
        $name = $member.Groups[1].Value
        if ((Test-SecretName $name) -or (Test-SecretValue $member.Groups[2].Value)) { return $name }
    }
}

# As found, under the names as found. Nested objects two deep, text beyond; no bytes, nothing that is a secret.
function ConvertTo-Plain($Value, [int]$Depth) {
    if ($null -eq $Value) { return $null }
    if ($Value -is [datetime]) { return Format-Instant $Value }
    if ($Value -is [string] -and (Test-SecretValue $Value)) { return $null }
    if ($Value -is [string] -or $Value -is [decimal] -or ($Value.GetType().IsPrimitive -and $Value -isnot [char])) { return $Value }
    # Guid, TimeSpan, enumeration, version: their text, the same in every culture.
    if ($Value -is [ValueType] -or $Value -is [version]) { return [string]::Format([Globalization.CultureInfo]::InvariantCulture, '{0}', $Value) }
    if ($Value -is [byte[]]) { return "$($Value.Length) bytes" }
    if ($Depth -le 0) { if ($Value -is [Collections.ICollection]) { return "$($Value.Count) items" } else { return [string]$Value } }
    if ($Value -is [Collections.IDictionary]) {
        $plain = [ordered]@{}
        foreach ($key in @($Value.Keys | Sort-Object)) { $plain[[string]$key] = Select-NoSecret ([string]$key) $Value[$key] $Depth }
        return $plain
    }
    if ($Value -is [Collections.IEnumerable]) { return , @($Value | ForEach-Object { , (ConvertTo-Plain $_ ($Depth - 1)) }) }
    $plain = [ordered]@{}
    foreach ($property in $Value.PSObject.Properties) {
        try { $plain[$property.Name] = Select-NoSecret $property.Name $property.Value $Depth } catch { $plain[$property.Name] = $null }
    }
    $plain
}

function Select-NoSecret([string]$Name, $Value, [int]$Depth) {
    if ((Test-SecretName $Name) -and $Value -isnot [bool]) { return $null }
    , (ConvertTo-Plain $Value ($Depth - 1))
}

function Get-FileVersion([string]$What, [string]$Path) {
    if ($Path -and (Test-Path -LiteralPath $Path)) {
        $version = Get-PlainVersion ([string](Get-Item -LiteralPath $Path).VersionInfo.ProductVersion)
        if ($version) { return $version }
    }
    Add-NotAvailable "version of the $What" 'its program file was not found or carries no version'
    $null
}

function Get-Place([string]$What, [scriptblock]$Look) {
    try { & $Look } catch { Add-Warning "Windows does not say where the $What is: $($_.Exception.Message)" }
}

function Get-ServerFacts {
    $facts = [ordered]@{ computerName = [string]$env:COMPUTERNAME; fqdn = $null; os = $null; versions = $null; powershell = [string]$PSVersionTable.PSVersion }
    Invoke-Step 'name in DNS' '' {
        $network = [Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties()
        $facts.fqdn = ("$($network.HostName).$($network.DomainName)").Trim('.')
    }
    Invoke-Step 'operating system' '' {
        $system = Get-CimInstance -ClassName Win32_OperatingSystem
        $facts.os = [ordered]@{ caption = [string]$system.Caption; version = [string]$system.Version; buildNumber = [string]$system.BuildNumber }
    }
    $facts.versions = [ordered]@{
        wizard = Get-FileVersion 'wizard' (Get-Place 'wizard' { Get-WizardPath '' })
        engine = Get-FileVersion 'engine' (Get-Place 'engine' { Get-EngineFile })
    }
    $facts
}

function Copy-Configuration {
    $folder = Join-Path $script:working 'configuration'
    try {
        $null = New-Item -ItemType Directory -Path $folder -Force
        $null = Get-ADSyncServerConfiguration -Path $folder
        $files = @([IO.Directory]::GetFiles($folder, '*', [IO.SearchOption]::AllDirectories))
        if ($files.Count -eq 0) { throw 'Get-ADSyncServerConfiguration wrote no file' }
        foreach ($file in $files) { if ($file -like '*.xml') { Remove-XmlSecret $file } }
    } catch {
        # Half a configuration would be taken for a whole one, and an unread file could carry a secret.
        Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction SilentlyContinue
        throw
    }
}

# Oldest first.
function Get-SettingsFile([string]$Kind) {
    Get-ChildItem -LiteralPath $appliedFolder -Filter "$Kind-SynchronizationPolicy-*" -ErrorAction SilentlyContinue | Sort-Object -Property LastWriteTimeUtc, Name
}

# Unchanged. One that holds something like a secret stays on the server.
function Copy-SettingsFile($File) {
    $text = [IO.File]::ReadAllText($File.FullName)
    $secret = Find-JsonSecret $text
    if ($secret) { throw "$($File.Name) holds a value named $secret" }
    $target = Join-Path $script:working 'settings'
    $null = New-Item -ItemType Directory -Path $target -Force
    [IO.File]::Copy($File.FullName, (Join-Path $target $File.Name))
}

function Copy-NewestSettingsFile([string]$Kind) {
    $newest = Get-SettingsFile $Kind | Select-Object -Last 1
    if ($null -eq $newest) { throw "there is no $Kind-SynchronizationPolicy file in $appliedFolder" }
    Copy-SettingsFile $newest
}

function Get-GlobalParameter {
    $values = [ordered]@{}
    foreach ($parameter in @(Get-ADSyncGlobalSettingsParameter | Sort-Object -Property Name)) {
        $name = [string]$parameter.Name
        if ((Test-SecretName $name) -or (Test-SecretValue ([string]$parameter.Value))) { Add-Warning "The value of the global parameter $name was left out." } else { $values[$name] = [string]$parameter.Value }
    }
    $values
}

# The newest run of each run profile; beside one that is still in progress the newest that has ended.
function Get-LatestRun($Connector) {
    $seen = @{}
    @(Get-ADSyncRunProfileResult -ConnectorId $Connector.Identifier -NumberRequested 20 | Sort-Object -Property @{ Expression = { ConvertTo-Utc $_.StartDate } } -Descending) | ForEach-Object {
        $runProfile = [string]$_.RunProfileName
        $ended = [string]$_.Result -ne 'in-progress'
        if (-not $seen.ContainsKey($runProfile) -or ($ended -and -not $seen[$runProfile])) {
            $seen[$runProfile] = $ended
            $plain = ConvertTo-Plain $_ 1
            # Whatever form the build gives them: a text in the region's form could be read in two ways.
            foreach ($date in @('StartDate', 'EndDate')) {
                $instant = ConvertTo-Utc (Get-PropertyOrNull $_ $date)
                if ($null -ne $instant) { $plain[$date] = Format-Instant $instant }
            }
            $plain
        }
    }
}

function Measure-ConnectorSpace($Connector) {
    Confirm-Callable 'Get-ADSyncCSObject' @('ConnectorName', 'StartIndex', 'MaxResultCount')
    $counts = @{}
    $page = 1000
    $start = 0
    do {
        $objects = @(Get-ADSyncCSObject -ConnectorName $Connector.Name -StartIndex $start -MaxResultCount $page)
        foreach ($object in $objects) {
            $type = Get-Text $object 'ObjectType'
            if ($null -eq $type) { throw 'the objects carry no property ObjectType' }
            if ($counts.ContainsKey($type)) { $counts[$type]++ } else { $counts[$type] = 1 }
        }
        $start += $objects.Count
    } while ($objects.Count -eq $page)
    $sorted = [ordered]@{}
    foreach ($type in @($counts.Keys | Sort-Object)) { $sorted[$type] = $counts[$type] }
    $sorted
}

function Save-Statistics {
    Invoke-Step 'connectors' 'statistics/connectors.json' {
        foreach ($connector in @(Get-ADSyncConnector | Sort-Object -Property Name)) { $script:connectors += $connector }
        , @($script:connectors | ForEach-Object { [ordered]@{ name = Get-Text $_ 'Name'; identifier = Get-Text $_ 'Identifier'; type = Get-Text $_ 'Type'; subtype = Get-Text $_ 'Subtype' } })
    }
    $perConnector = [ordered]@{ 'connector-statistics' = @(); 'connector-space-groups' = @(); 'run-results' = @(); 'object-counts' = @() }
    foreach ($connector in $script:connectors) {
        $name = [string]$connector.Name
        Invoke-Step "statistics of connector $name" '' {
            Confirm-Callable 'Get-ADSyncConnectorStatistics' @('ConnectorName')
            $perConnector['connector-statistics'] += [ordered]@{ connector = $name; statistics = ConvertTo-Plain (Get-ADSyncConnectorStatistics -ConnectorName $name) 3 }
        }
        Invoke-Step "run results of connector $name" '' { $perConnector['run-results'] += [ordered]@{ connector = $name; runs = @(Get-LatestRun $connector) } }
        if ($CountObjects) {
            Invoke-Step "object counts of connector $name" '' { $perConnector['object-counts'] += [ordered]@{ connector = $name; objectTypes = Measure-ConnectorSpace $connector } }
        }
        Invoke-Step "connector space group statistics of connector $name" '' {
            Confirm-Callable 'Get-ADSyncCSGroupStatistics' @('ConnectorName')
            $perConnector['connector-space-groups'] += [ordered]@{ connector = $name; statistics = ConvertTo-Plain (Get-ADSyncCSGroupStatistics -ConnectorName $name) 3 }
        }
    }
    foreach ($file in @($perConnector.Keys)) { if ($perConnector[$file].Count -gt 0) { Write-Evidence "statistics/$file.json" @($perConnector[$file]) } }
    if (-not $CountObjects) { Add-NotAvailable 'object counts per object type' 'not asked for: run the collector with -CountObjects' }
    Add-NotAvailable 'metaverse object counts' 'no known cmdlet gives them'
    Invoke-Step 'scheduler' 'statistics/scheduler.json' { ConvertTo-Plain (Get-ADSyncScheduler) 2 }
    Invoke-Step 'automatic upgrade' 'statistics/auto-upgrade.json' { [ordered]@{ state = [string](Get-ADSyncAutoUpgrade) } }
    Invoke-Step 'identity of the Entra connector' 'statistics/entra-connector-identity.json' {
        Confirm-Callable 'Get-ADSyncEntraConnectorCredential' @()
        $identity = Get-ConnectorIdentity
        [ordered]@{ type = $identity.type; applicationId = $identity.applicationId; certificateEndsAt = $identity.endsAt }
    }
    Invoke-Step "events of the application's certificate" 'statistics/certificate-events.json' { , @(Get-CertificateEvent) }
    Invoke-Step 'database' 'statistics/database.json' {
        Confirm-Callable 'Get-ADSyncDatabaseConfiguration' @()
        Get-DatabaseFacts
    }
    Invoke-Step 'miiserver.exe.config' 'statistics/engine-config.json' { Get-EngineConfig }
    Invoke-Step 'global parameters' 'statistics/global-parameters.json' { Get-GlobalParameter }
}

function Get-StagingFacts {
    $facts = [ordered]@{ scheduler = $null; globalParameter = $null; syncCycleEnabled = $null; schedulerSuspended = $null }
    try {
        $scheduler = Get-ADSyncScheduler
        $facts.scheduler = [bool]$scheduler.StagingModeEnabled
        $facts.syncCycleEnabled = [bool]$scheduler.SyncCycleEnabled
        $facts.schedulerSuspended = [bool]$scheduler.SchedulerSuspended
    } catch { Add-Warning "Staging mode by the scheduler is not known: $($_.Exception.Message)" }
    try {
        $text = @(Get-ADSyncGlobalSettingsParameter | Where-Object { $_.Name -eq 'Microsoft.Synchronize.StagingMode' } | ForEach-Object { [string]$_.Value })
        if ($text.Count -eq 1 -and @('True', 'False') -contains $text[0]) { $facts.globalParameter = $text[0] -eq 'True' }
    } catch { Add-Warning "Staging mode by the global parameter is not known: $($_.Exception.Message)" }
    $facts
}

function Save-Archive([string]$Target) {
    Add-Type -AssemblyName System.IO.Compression
    Add-Type -AssemblyName System.IO.Compression.FileSystem
    $stream = [IO.File]::Open($Target, [IO.FileMode]::CreateNew)
    try {
        $archive = New-Object -TypeName System.IO.Compression.ZipArchive -ArgumentList $stream, ([IO.Compression.ZipArchiveMode]::Create), $true
        try {
            # By hand: CreateFromDirectory of the .NET Framework can write names with backslashes.
            foreach ($path in @(Get-WorkingFile)) {
                $null = [IO.Compression.ZipFileExtensions]::CreateEntryFromFile($archive, (Join-Path $script:working $path), $path)
            }
        } finally { $archive.Dispose() }
        # A crash of Windows leaves what was not on the disk full of zeros.
        $stream.Flush($true)
    } finally { $stream.Dispose() }
}

# On a server that this library did not set up there is no record of it.
function Get-RecordedEngineFile { '' }

function Import-Engine {
    try { Import-EngineModule; return } catch { $reason = $_.Exception.Message }
    # Windows may not say where the service is; the usual places need no answer of it.
    foreach ($name in @('ADSync', "$(Split-Path -Parent $engineFile)\ADSync\ADSync.psd1")) {
        try { Import-Module $name; return } catch { $reason = $_.Exception.Message }
    }
    Stop-Collecting 3 'The ADSync module cannot be loaded.' $reason 'Run this on an Entra Connect Sync server, in Windows PowerShell 5.1, after the wizard has been completed.'
}

# Everything that is read of one server, each part by itself: what cannot be read is said by name and reason.
function Save-Collection {
    Save-Statistics
    Invoke-Step 'server configuration' '' { Copy-Configuration }
    if ($script:collected -eq 0) {
        Stop-Collecting 4 'Nothing could be read from the synchronization engine.' ([string]$script:notAvailable[0].reason) 'Run as a local administrator or a member of ADSyncAdmins, after signing in anew, with the ADSync service running.'
    }
    foreach ($kind in @('Applied', 'Exported')) { Invoke-Step "$kind settings file" '' { Copy-NewestSettingsFile $kind } }
}

# Last, since it lists everything else.
function Write-Manifest([datetime]$CollectedAt, $Server, $Staging, $Archive) {
    $files = @(Get-WorkingFile | Where-Object { $_ -ne 'manifest.json' } | ForEach-Object { $file = Join-Path $script:working $_; [ordered]@{ path = $_; sha256 = Get-LowerHash $file; size = Get-Size $file } })
    $manifest = [ordered]@{
        schema = 'entra-connect-evidence/1'; collectedAt = Format-Instant $CollectedAt; server = $Server; staging = $Staging
        files = $files; warnings = @($script:warnings); notAvailable = @($script:notAvailable); scrubbed = @($script:scrubbed)
    }
    if ($null -ne $Archive) { $manifest.archive = $Archive }
    Write-Evidence 'manifest.json' $manifest
}

function Get-Stamp([datetime]$Instant) { $Instant.ToUniversalTime().ToString("yyyyMMdd'T'HHmmss'Z'", [Globalization.CultureInfo]::InvariantCulture) }

# A dropped connection does not end what runs here, so a retry can meet its own predecessor.
$lockName = 'Global\pulumi-entra-connect'

function Request-Lock([int]$Milliseconds) {
    if ($null -eq $script:lock) { $script:lock = New-Object -TypeName System.Threading.Mutex -ArgumentList $false, $lockName }
    try {
        $script:lockHeld = $script:lock.WaitOne($Milliseconds)
    } catch [System.Threading.AbandonedMutexException] {
        # The one before was killed. Every script looks first, so its leavings are no harm.
        $script:lockHeld = $true
    }
}

function New-Folder([string]$Path) {
    if (-not (Test-Path -LiteralPath $Path)) { $null = New-Item -ItemType Directory -Path $Path -Force }
}

# The old file or the whole new one, never a part of it.
function Write-WholeFile([string]$Path, [string]$Text) {
    Set-Content -LiteralPath "$Path.new" -Value $Text -Encoding ascii -NoNewline
    Move-WholeFile "$Path.new" $Path
}

# Move-Item -Force of Windows PowerShell 5.1 deletes the target and moves then: whoever dies in between leaves neither.
# Where nothing lies at the target a move is one rename. Where something does, .NET Framework has only Replace (Windows'
# ReplaceFile), which keeps the target's access control. Without a backup it ends at worst with the old file gone and the
# new one whole under its own name, where Read-Record finds it; a backup could come back for a record that was removed.
# The backup is NullString: $null arrives as an empty string, which .NET Framework refuses as a path.
function Move-WholeFile([string]$From, [string]$Path) {
    if (-not (Test-Path -LiteralPath $Path)) { Move-Item -LiteralPath $From -Destination $Path; return }
    $file = New-Object -TypeName System.IO.FileInfo -ArgumentList $From
    $null = $file.Replace($Path, [NullString]::Value, $true)
}

# A record of ours; nothing where there is none. A new one beside no old one counts if it is whole: a part of a JSON
# object is no JSON. One that is there and damaged (a crash leaves files empty, or full of zeros) is never taken for one
# that is not there: what it said is not known.
function Read-Record([string]$Path) {
    if (Test-Path -LiteralPath $Path) {
        $record = ConvertFrom-Record (Get-Content -LiteralPath $Path -Raw)
        if ($null -ne $record) { return $record }
        $script:refusal = @{ Code = 'record-damaged'; Values = @{ path = $Path } }
        throw "the record $Path is damaged"
    }
    if (Test-Path -LiteralPath "$Path.new") { ConvertFrom-Record (Get-Content -LiteralPath "$Path.new" -Raw) }
}

function ConvertFrom-Record([string]$Text) {
    if ($Text -notmatch '^\s*\{[\s\S]*\}\s*$') { return }
    try { ConvertFrom-Json -InputObject $Text } catch { return }
}

# The new one first: alone it would count again.
function Remove-Record([string]$Path) {
    foreach ($each in @("$Path.new", $Path)) { if (Test-Path -LiteralPath $each) { Remove-Item -LiteralPath $each -Force } }
}

# Azure's vmId is the SMBIOS UUID; some readers see its first three groups with their bytes turned round.
function Get-MachineId {
    $product = Get-CimInstance -ClassName Win32_ComputerSystemProduct -OperationTimeoutSec 60
    ([string]$product.UUID).ToLowerInvariant()
}

function Get-TurnedId([string]$Id) {
    $groups = $Id.Split('-')
    for ($index = 0; $index -lt 3; $index++) {
        $pairs = @([regex]::Matches($groups[$index], '..') | ForEach-Object { $_.Value })
        [array]::Reverse($pairs)
        $groups[$index] = $pairs -join ''
    }
    $groups -join '-'
}

function Test-MachineId([string]$Wanted) {
    $found = Get-MachineId
    $found -eq $Wanted -or (Get-TurnedId $found) -eq $Wanted
}

# The run history as it is used here, whatever the build writes: instants in UTC, and whether a run is over.
function Get-RunFacts($Run) {
    $result = [string](Get-PropertyOrNull $Run 'Result')
    $complete = Get-PropertyOrNull $Run 'IsRunComplete'
    $started = ConvertTo-Utc (Get-PropertyOrNull $Run 'StartDate')
    # A clock that was set back gives a newer run an older date: its identifier tells it from the others.
    $id = [string](Get-PropertyOrNull $Run 'RunHistoryId')
    if (-not $id) { $id = [string](Get-PropertyOrNull $Run 'RunProfileName') + [string]$started }
    New-Object -TypeName PSObject -Property @{
        Id = $id
        Connector = [string](Get-PropertyOrNull $Run 'ConnectorName'); Profile = [string](Get-PropertyOrNull $Run 'RunProfileName')
        Result = $result; Started = $started; Ended = ConvertTo-Utc (Get-PropertyOrNull $Run 'EndDate')
        InProgress = $result -eq 'in-progress' -or $complete -eq $false
    }
}

# Oldest first. The newest are enough: a history can be long, and reading all of it takes minutes.
function Get-RunOf($Connector, [string[]]$Profiles) {
    Get-ADSyncRunProfileResult -ConnectorId $Connector.Identifier -NumberRequested 200 | ForEach-Object { Get-RunFacts $_ } |
        Where-Object { $Profiles -contains $_.Profile } | Sort-Object -Property Started
}

# Who runs, in words; empty where nobody does.
function Get-WhoRuns {
    $busy = @(Get-ADSyncConnectorRunStatus | ForEach-Object { [string](Get-PropertyOrNull $_ 'ConnectorName') })
    $running = @(Get-ADSyncRunProfileResult -NumberRequested 50 | ForEach-Object { Get-RunFacts $_ } | Where-Object { $_.InProgress })
    $who = @(foreach ($name in $busy) {
            $run = $running | Where-Object { -not $name -or $_.Connector -eq $name } | Select-Object -First 1
            if ($null -eq $run) { "the connector $name is busy" } else { "$($run.Profile) of $($run.Connector) runs$(if ($null -ne $run.Started) { " since $(Format-Instant $run.Started)" })" }
        })
    if ((Get-PropertyOrNull (Get-ADSyncScheduler) 'SyncCycleInProgress') -eq $true) { $who += 'a cycle of the scheduler is in progress' }
    $who -join '; '
}

# Connections that are tried all at once under one deadline: thirty silent targets cost as long as one.
$connectSeconds = 10
$handshakeSeconds = 10

function Get-MillisecondsLeft([datetime]$Until) { [int][math]::Max(0, ($Until - (Get-Date)).TotalMilliseconds) }

# Waiting for a task that has failed throws; that is an answer too.
function Wait-Attempt($Attempt, [datetime]$Until) {
    try { [bool]$Attempt.Wait((Get-MillisecondsLeft $Until)) } catch { $false }
}

function Get-AttemptFailure($Attempt, [int]$Seconds) {
    $failure = Get-PropertyOrNull $Attempt 'Exception'
    if ($null -eq $failure) { return "no answer within $Seconds seconds" }
    Get-Short (ConvertTo-Ascii $failure.GetBaseException().Message)
}

function New-Try([string]$Address, [int]$Port, $Client, $Attempt, [string]$Failure) {
    @{ Host = $Address; Port = $Port; Client = $Client; Attempt = $Attempt; Failure = $Failure; Open = $false; Stream = $null; Handshake = $null }
}

function Start-Connection([string]$Address, [int]$Port) {
    $client = New-Object -TypeName System.Net.Sockets.TcpClient
    New-Try $Address $Port $client $client.ConnectAsync($Address, $Port) ''
}

# The time of a domain controller (UDP 123): one request of the network time protocol, version 3 as a client (0x1B), sent
# twice since one datagram can be lost. A domain controller answers anybody.
function Start-TimeRequest([string]$Address, [int]$Port) {
    $client = New-Object -TypeName System.Net.Sockets.UdpClient
    $client.Connect($Address, $Port)
    $request = [byte[]](@(27) + @(0) * 47)
    $null = $client.Send($request, 48)
    $null = $client.Send($request, 48)
    New-Try $Address $Port $client $client.ReceiveAsync() ''
}

function Start-Attempt($Target) {
    try {
        if ((Get-PropertyOrNull $Target 'by') -eq 'time') { Start-TimeRequest $Target.host $Target.port } else { Start-Connection $Target.host $Target.port }
    } catch {
        # No route, or no such name: told at once.
        New-Try $Target.host $Target.port $null $null (Get-Short (ConvertTo-Ascii $_.Exception.Message))
    }
}

function Complete-Attempt($Try, [datetime]$Until) {
    $Try.Open = $null -ne $Try.Attempt -and (Wait-Attempt $Try.Attempt $Until)
    if (-not $Try.Open -and $null -ne $Try.Attempt) { $Try.Failure = Get-AttemptFailure $Try.Attempt $connectSeconds }
}

function Close-Attempt($Try) { if ($null -ne $Try.Client) { $Try.Client.Close() } }

# TLS 1.2 and nothing else, checked as every .NET program checks it. Nothing is sent.
function Start-Handshake($Try) {
    try {
        $Try.Stream = New-Object -TypeName System.Net.Security.SslStream -ArgumentList $Try.Client.GetStream(), $false
        $Try.Handshake = $Try.Stream.AuthenticateAsClientAsync($Try.Host, $null, 'Tls12', $false)
    } catch {
        $Try.Handshake = $null
        $Try.Failure = Get-Short (ConvertTo-Ascii $_.Exception.Message)
    }
}

# Who signed a certificate that Windows does not trust: looked at with every certificate accepted, closed at once, nothing sent.
function Get-RefusedCertificate([string]$Address, [int]$Port) {
    $client = New-Object -TypeName System.Net.Sockets.TcpClient
    try {
        $client.ReceiveTimeout = 5000
        $client.SendTimeout = 5000
        if (-not $client.ConnectAsync($Address, $Port).Wait(5000)) { return $null }
        $stream = New-Object -TypeName System.Net.Security.SslStream -ArgumentList $client.GetStream(), $false, { $true }
        $null = $stream.AuthenticateAsClient($Address, $null, 'Tls12', $false)
        $stream.RemoteCertificate
    } catch {
        $null
    } finally {
        $client.Close()
    }
}

# `open`: connected, and no more is asked of that port. `trusted`: TLS with a certificate that Windows trusts. `refused`: connected,
# but no TLS came about. `closed`: nothing answered.
function Get-EndpointAnswer($Tries) {
    $until = (Get-Date).AddSeconds($handshakeSeconds)
    foreach ($try in $Tries) { if ($try.Open -and $try.Port -eq 443) { Start-Handshake $try } }
    $looks = 0
    foreach ($try in $Tries) {
        $certificate = $null
        $state = 'closed'
        $reason = [string]$try.Failure
        if ($try.Open) { $state = 'open'; $reason = '' }
        if ($try.Open -and $try.Port -eq 443) {
            $state = 'refused'
            if ($null -eq $try.Handshake) {
                $reason = [string]$try.Failure
            } elseif (Wait-Attempt $try.Handshake $until) {
                $state = 'trusted'
                $certificate = $try.Stream.RemoteCertificate
            } else {
                $reason = Get-AttemptFailure $try.Handshake $handshakeSeconds
            }
            # A few tell who it is; each can cost as long as the deadline.
            if ($state -eq 'refused' -and $looks -lt 3) { $looks++; $certificate = Get-RefusedCertificate $try.Host $try.Port }
        }
        Close-Attempt $try
        [ordered]@{
            host    = $try.Host
            port    = $try.Port
            state   = $state
            issuer  = if ($null -eq $certificate) { '' } else { Get-Short (ConvertTo-Ascii $certificate.Issuer) }
            subject = if ($null -eq $certificate) { '' } else { Get-Short (ConvertTo-Ascii $certificate.Subject) }
            reason  = $reason
        }
    }
}

# By host, since most of a row would be its address: many controllers times many ports must fit into one line.
function Get-PortAnswer($Tries) {
    $hosts = [ordered]@{}
    foreach ($try in $Tries) {
        Close-Attempt $try
        if (-not $hosts.Contains($try.Host)) { $hosts[$try.Host] = @{ open = @(); closed = @() } }
        if ($try.Open) { $hosts[$try.Host].open += $try.Port } else { $hosts[$try.Host].closed += $try.Port }
    }
    foreach ($name in @($hosts.Keys)) { [ordered]@{ host = [string]$name; open = @($hosts[$name].open); closed = @($hosts[$name].closed) } }
}

function Get-Reachability($Ports, $Endpoints) {
    $toPorts = @($Ports | ForEach-Object { Start-Attempt $_ })
    $toEndpoints = @($Endpoints | ForEach-Object { Start-Attempt $_ })
    $until = (Get-Date).AddSeconds($connectSeconds)
    foreach ($try in $toPorts + $toEndpoints) { Complete-Attempt $try $until }
    @{ ports = @(Get-PortAnswer $toPorts); endpoints = @(Get-EndpointAnswer $toEndpoints) }
}

# Write, append, delete, change permissions or owner, and the generic rights that hold them.
$writingRights = 0x500D0156

# SYSTEM and Administrators may write, nobody else, by SID since names differ by language.
function Get-AccessProblem([string]$Path) {
    $ours = @('S-1-5-18', 'S-1-5-32-544')
    $acl = Get-Acl -LiteralPath $Path
    $owner = [string]$acl.GetOwner([Security.Principal.SecurityIdentifier]).Value
    if ($ours -notcontains $owner) { return "$Path belongs to $owner" }
    foreach ($rule in @($acl.GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier]))) {
        $who = [string]$rule.IdentityReference.Value
        if ([string]$rule.AccessControlType -eq 'Allow' -and $ours -notcontains $who -and ([int]$rule.FileSystemRights -band $writingRights) -ne 0) { return "$who may write to $Path" }
    }
}

# Our part of the protected folder. A script that others could change and SYSTEM runs would give them the server.
$archiveFolder = "$libraryFolder\archive"
$queueFolder = "$archiveFolder\queue"
$archivingPath = "$archiveFolder\archiving.json"
$chainPath = "$archiveFolder\chain.json"
$again = 'Run pulumi up, which lays it there again; on a server that an operator set up by hand run install.ps1 of the bundle again.'

# Where the .NET Framework finds what PowerShell calls by this path.
function Get-NativePath([string]$Path) { $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path) }

# Looked at in every run, before anything is believed that lies there.
function Confirm-Protected {
    foreach ($path in @($libraryFolder, $archiveFolder, $queueFolder, "$archiveFolder\archive-configuration.ps1", $archivingPath, $chainPath)) {
        if (-not (Test-Path -LiteralPath $path)) { continue }
        # A link would lead what SYSTEM writes to where somebody else wants it.
        $attributes = [int](Get-Item -LiteralPath $path).Attributes
        if (($attributes -band 0x400) -ne 0) { Stop-Collecting $exitCodes.changed "$path is a link or mount point." 'What SYSTEM reads and writes there could be led elsewhere, so nothing was run.' "Find out who made it, remove it. $again" }
        $problem = Get-AccessProblem $path
        if ($problem) { Stop-Collecting $exitCodes.changed "$problem." 'Only SYSTEM and Administrators may change what SYSTEM runs, so nothing was run.' "Find out who changed that (the Security log, where it is audited). $again" }
    }
}

# The settings of this task, exactly as they were installed.
function Read-Archiving {
    if (-not (Test-Path -LiteralPath $archivingPath)) { Stop-Collecting $exitCodes.changed "There is no $archivingPath." 'It says which chain this server has and where its collections go.' $again }
    $found = Get-LowerHash $archivingPath
    if ($found -cne $ConfigurationSha256) { Stop-Collecting $exitCodes.changed "$archivingPath is not as it was installed: SHA-256 $found instead of $ConfigurationSha256." 'Somebody changed it since, and a guess could send the configuration elsewhere.' "Find out who did. $again" }
    ConvertFrom-Json -InputObject ([string](Get-Content -LiteralPath $archivingPath -Raw))
}

# Every collection says which one came before it, so that a missing or changed one shows. The record is written after the
# collection lies in the queue: a run that dies in between is made up for from there.

function Get-Queued {
    if (-not (Test-Path -LiteralPath $queueFolder)) { return }
    Get-ChildItem -LiteralPath $queueFolder -Filter '*.zip' | Where-Object { $_.Name -match '^\d{8}-\d{8}T\d{6}Z\.zip$' } | Sort-Object -Property Name
}

# The manifest of a collection that waits, its hash, and the settings files inside; throws where the file is damaged.
function Read-Collection($File) {
    Add-Type -AssemblyName System.IO.Compression
    Add-Type -AssemblyName System.IO.Compression.FileSystem
    $archive = [IO.Compression.ZipFile]::OpenRead($File.FullName)
    try {
        $entry = $archive.GetEntry('manifest.json')
        if ($null -eq $entry) { throw 'it holds no manifest.json' }
        $memory = New-Object -TypeName System.IO.MemoryStream
        $stream = $entry.Open()
        try { $stream.CopyTo($memory) } finally { $stream.Dispose() }
        $null = $memory.Seek(0, 'Begin')
        $hash = (Get-FileHash -InputStream $memory -Algorithm SHA256).Hash.ToLowerInvariant()
        $manifest = ConvertFrom-Json -InputObject ([Text.Encoding]::UTF8.GetString($memory.ToArray()))
        $place = Get-PropertyOrNull $manifest 'archive'
        if ($null -eq $place) { throw 'its manifest says no place in a chain' }
        New-Object -TypeName PSObject -Property @{
            Name = Get-BlobName ([string]$place.chain) ([string]$manifest.server.computerName) $File.Name
            Chain = [string]$place.chain; Sequence = [int]$place.sequence; Previous = $place.previous; StartedAnew = $place.startedAnew
            CollectedAt = Format-StoredInstant $manifest.collectedAt; ManifestSha256 = $hash
            SettingsFiles = @($manifest.files | Where-Object { $_.path -like 'settings/*' } | ForEach-Object { $_.path.Substring(9) })
        }
    } finally { $archive.Dispose() }
}

function Get-BlobName([string]$Chain, [string]$ComputerName, [string]$FileName) { "$Chain/$($ComputerName.ToLowerInvariant())/$FileName" }

# A whole record of this chain; nothing where there is none.
function Read-ChainRecord([string]$Path, [string]$Chain) {
    if (-not (Test-Path -LiteralPath $Path)) { return }
    $record = ConvertFrom-Record ([string](Get-Content -LiteralPath $Path -Raw))
    if ([string](Get-PropertyOrNull $record 'chain') -ceq $Chain -and $null -ne (Get-PropertyOrNull $record 'sequence')) { $record }
}

# Where the chain has come to: the record, a newer one whose last step was cut off, or what a run that died left in the queue.
function Get-ChainEnd([string]$Chain) {
    $end = @{ Sequence = 0; Previous = $null; SettingsFiles = @(); StartedAnew = $null }
    $records = @(@($chainPath, "$chainPath.new") | ForEach-Object { Read-ChainRecord $_ $Chain } | Sort-Object -Property { [int]$_.sequence })
    if ($records.Count -gt 0) {
        $end.Sequence = [int]$records[-1].sequence
        $end.Previous = Get-PropertyOrNull $records[-1] 'previous'
        $end.SettingsFiles = @(Get-PropertyOrNull $records[-1] 'settingsFiles' | Where-Object { $_ })
    } elseif (Test-Path -LiteralPath $chainPath) { $end.StartedAnew = "the record $chainPath was damaged or of another chain" } else { $end.StartedAnew = "the record $chainPath was not there" }
    foreach ($file in @(Get-Queued)) {
        $number = [int]$file.Name.Substring(0, 8)
        # Of the same number it is what took the place of the one that the record knows.
        if ($number -lt $end.Sequence) { continue }
        try { $found = Read-Collection $file } catch { continue }
        if ($found.Chain -cne $Chain) { continue }
        $end = @{
            Sequence = $found.Sequence; Previous = [ordered]@{ name = $found.Name; manifestSha256 = $found.ManifestSha256 }
            SettingsFiles = @(@($end.SettingsFiles) + $found.SettingsFiles | Select-Object -Unique); StartedAnew = $null
        }
    }
    $end
}

function Write-ChainEnd([string]$Chain, $End) {
    Write-WholeFile $chainPath (ConvertTo-AsciiJson ([ordered]@{ chain = $Chain; sequence = $End.Sequence; previous = $End.Previous; settingsFiles = @($End.SettingsFiles) }))
}

# What waits to be archived. It has an end, since the disk is the server's: the oldest stay, for they tell how it was when the
# archive was lost, and the newest takes the place of the last one that waited, for it tells how it is. That one never left
# the server, so its number and its predecessor are free again, and the chain stays whole. An event says all of that.

function Get-QueueState {
    $files = @(Get-Queued)
    $bytes = 0
    foreach ($file in $files) { $bytes += $file.Length }
    $oldest = $null
    if ($files.Count -gt 0) { $oldest = $files[0].Name -replace '^\d{8}-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.zip$', '$1-$2-$3T$4:$5:$6Z' }
    [ordered]@{ count = $files.Count; sizeMB = [math]::Round($bytes / 1MB, 2); oldestAt = $oldest }
}

# Written before the first attempt to send: what may have arrived is never given another content under its name.
function Get-TriedPath($File) { "$queueFolder\$($File.Name).tried" }

function Test-Tried($File) { Test-Path -LiteralPath (Get-TriedPath $File) }

# Where the next collection goes: behind the chain's end, or in the place of the last that waits; nothing where there is none.
function Get-PlaceInQueue($End, $Given, [int64]$Bytes) {
    $waiting = @(Get-Queued)
    $size = $Bytes
    foreach ($file in $waiting) { $size += $file.Length }
    $megabytes = [int64]$Given.queue.megabytes * 1MB
    if ($waiting.Count -lt [int]$Given.queue.count -and ($size -le $megabytes -or $waiting.Count -eq 0)) {
        return @{ Sequence = $End.Sequence + 1; Previous = $End.Previous; StartedAnew = $End.StartedAnew; Replaces = $null }
    }
    # Whoever fetches collections by hand may have fetched the last one; and the first that waits is kept in any case.
    if (-not $Given.endpoint -or $waiting.Count -lt 2) { return }
    $last = $waiting[-1]
    if ((Test-Tried $last) -or $size - $last.Length -gt $megabytes) { return }
    try { $found = Read-Collection $last } catch { return }
    if ($found.Sequence -ne $End.Sequence) { return }
    @{ Sequence = $found.Sequence; Previous = $found.Previous; StartedAnew = $found.StartedAnew; Replaces = $last }
}

# Under a new name, never over another.
function Add-ToQueue([string]$Partial, [int]$Sequence, [datetime]$CollectedAt) {
    $name = "$($Sequence.ToString('00000000'))-$(Get-Stamp $CollectedAt).zip"
    [IO.File]::Move($Partial, (Get-NativePath "$queueFolder\$name"))
    $name
}

function Remove-FromQueue($File) {
    Remove-Item -LiteralPath "$queueFolder\$($File.Name)" -Force
    if (Test-Tried $File) { Remove-Item -LiteralPath (Get-TriedPath $File) -Force }
}

# What a run that died left: pieces of a collection, one whose place another has taken, and marks whose collection has gone.
function Clear-Leftover {
    $before = $null
    foreach ($file in @(Get-Queued)) {
        if ($null -ne $before -and $before.Name.Substring(0, 8) -eq $file.Name.Substring(0, 8) -and -not (Test-Tried $before)) { Remove-FromQueue $before }
        $before = $file
    }
    foreach ($item in @(Get-ChildItem -LiteralPath $archiveFolder -Force | Where-Object { $_.Name -match '^\.(collecting|partial)-' })) { Remove-Item -LiteralPath "$archiveFolder\$($item.Name)" -Recurse -Force }
    foreach ($mark in @(Get-ChildItem -LiteralPath $queueFolder -Filter '*.tried')) {
        if (-not (Test-Path -LiteralPath "$queueFolder\$($mark.Name -replace '\.tried$')")) { Remove-Item -LiteralPath "$queueFolder\$($mark.Name)" -Force }
    }
}

# What no event of the product says: health/health.json of the collection, and the message of the run's event.

function Get-StartType([string]$Mode) { if ($Mode -eq 'Auto') { 'Automatic' } else { $Mode } }

# A part that cannot be read is null, and said by name and reason.
function Read-Part([string]$PartName, [scriptblock]$PartRead) {
    try { & $PartRead } catch { Add-NotAvailable $PartName ([string]$_.Exception.Message); $null }
}

# 11001: the name is not known (WSAHOST_NOT_FOUND); 11004: it is, and has no address.
function Test-Unresolved($Attempt) {
    $failure = Get-PropertyOrNull $Attempt 'Exception'
    if ($null -eq $failure) { return $false }
    $code = Get-PropertyOrNull $failure.GetBaseException() 'SocketErrorCode'
    $null -ne $code -and @(11001, 11004) -contains [int]$code
}

# All at once under one deadline.
function Get-PortState($Ports) {
    $tries = @($Ports | Where-Object { $null -ne $_ } | ForEach-Object { Start-Attempt $_ })
    $until = (Get-Date).AddSeconds($connectSeconds)
    foreach ($try in $tries) { Complete-Attempt $try $until }
    foreach ($try in $tries) {
        $state = 'closed'
        if ($try.Open) { $state = 'open' } elseif ($null -eq $try.Attempt) { $state = 'unknown' } elseif (Test-Unresolved $try.Attempt) { $state = 'unresolved' }
        Close-Attempt $try
        [ordered]@{ host = [string]$try.Host; port = [int]$try.Port; state = $state }
    }
}

# Whether a connector account can read its directory shows in its imports. What it may write shows nowhere on a server that
# does not export, and nothing here tries.
function Get-PermissionState($Runs) {
    foreach ($connector in @($script:connectors | Where-Object { (Get-ConnectorType $_) -eq 'AD' })) {
        $name = [string]$connector.Name
        $import = @($Runs | Where-Object { $_.Connector -eq $name -and $_.Profile -match 'import' } | Sort-Object -Property Started)
        $state = 'unknown'
        $why = 'no import of this connector is in the run history'
        if ($import.Count -gt 0) {
            $why = "the import of $(Format-OrNull $import[-1].Started) ended with $($import[-1].Result)"
            if ($import[-1].Result -match '^(success|completed-)') { $state = 'ok' } elseif ($import[-1].Result -match '^(stopped|no-start|aborted)') { $state = 'failed' }
        }
        [ordered]@{ what = "read $name"; state = $state; why = $why }
        [ordered]@{ what = "write $name"; state = 'unknown'; why = 'not tried: nothing of ours writes to a directory' }
    }
}

function Format-OrNull($Instant) { if ($null -eq $Instant) { $null } else { Format-Instant $Instant } }

function Get-LastEnd($Runs, [string]$Kind) {
    $ended = @($Runs | Where-Object { $_.Profile -match $Kind -and $null -ne $_.Ended } | Sort-Object -Property Ended)
    if ($ended.Count -gt 0) { Format-Instant $ended[-1].Ended } else { $null }
}

function Get-DatabaseHealth {
    $found = Get-DatabaseFacts
    $sizes = @(@($found.usedMB, $found.fileMB) | Where-Object { $null -ne $_ } | Sort-Object)
    [ordered]@{ kind = $found.kind; sizeMB = if ($sizes.Count -gt 0) { [int]$sizes[-1] } else { $null } }
}

# Of each connector by itself: those of many connectors would push out what a day holds, and with it an export by hand.
function Get-RecentRun {
    if ($script:connectors.Count -eq 0) { $found = @(Get-ADSyncRunProfileResult -NumberRequested 200) } else {
        $found = @($script:connectors | ForEach-Object { Get-ADSyncRunProfileResult -ConnectorId $_.Identifier -NumberRequested 200 })
    }
    $found | ForEach-Object { Get-RunFacts $_ } | Where-Object { -not $_.InProgress }
}

function Get-Health($Given, [datetime]$CollectedAt, $Server, $Staging) {
    $service = Read-Part 'service ADSync' { Get-SynchronizationService }
    $runs = @(Read-Part 'run history' { @(Get-RecentRun) } | Where-Object { $null -ne $_ })
    $newest = @($runs | Where-Object { $null -ne $_.Ended } | Sort-Object -Property Ended | Select-Object -Last 1)
    $database = Read-Part 'size of the database' { Get-DatabaseHealth }
    $ends = Read-Part 'end of the certificate' {
        $found = (Get-ConnectorIdentity).endsAt
        if (-not $found) { throw 'the credential of this build does not say it; what the event log knows is in statistics/certificate-events.json' }
        $found
    }
    [ordered]@{
        schema = 'entra-connect-health/1'; collectedAt = Format-Instant $CollectedAt; computerName = [string]$env:COMPUTERNAME
        chain = [string]$Given.chain; sequence = $null; generation = $Given.generation
        staging = $Staging; versions = $Server.versions
        service = [ordered]@{ status = Get-PropertyOrNull $service 'State'; startType = if ($null -eq $service) { $null } else { Get-StartType ([string]$service.StartMode) } }
        autoUpgrade = Read-Part 'automatic upgrade' { [string](Get-ADSyncAutoUpgrade) }
        certificateEndsAt = $ends
        database = if ($null -eq $database) { [ordered]@{ kind = $null; sizeMB = $null } } else { $database }
        engineConfigSha256 = Read-Part 'miiserver.exe.config' { (Get-EngineConfig).sha256 }
        machineConfigSha256 = Read-Part 'machine.config' { Get-LowerHash 'C:\Windows\Microsoft.NET\Framework64\v4.0.30319\Config\machine.config' }
        ports = @(Get-PortState $Given.ports)
        permissions = @(Get-PermissionState $runs)
        runs = [ordered]@{
            lastImportAt = Get-LastEnd $runs 'import'; lastExportAt = Get-LastEnd $runs 'export'; lastSynchronizationAt = Get-LastEnd $runs 'synchroni[sz]ation'
            lastResult = if ($newest.Count -gt 0) { [string]$newest[0].Result } else { $null }
        }
        archive = [ordered]@{ state = 'queued'; name = $null; queue = Get-QueueState; why = $null }
        notAvailable = @()
    }
}

# To the archive with the machine's own identity (archive.md sections 3 and 4). It may add a blob and nothing else: neither
# read one nor write over one.
$tokenAddress = 'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fstorage.azure.com%2F'
$requestSeconds = 100

# Of one run together: a role assignment can take ten minutes to count, and the next run goes on where this one gave up.
$script:patienceSeconds = 720

function New-Client([bool]$Direct) {
    Add-Type -AssemblyName System.Net.Http
    [Net.ServicePointManager]::SecurityProtocol = 'Tls12'
    $handler = New-Object -TypeName System.Net.Http.HttpClientHandler
    $handler.AllowAutoRedirect = $false
    # The identity's address is the machine's own; whoever stands between could take the token.
    if ($Direct) { $handler.UseProxy = $false }
    $client = New-Object -TypeName System.Net.Http.HttpClient -ArgumentList $handler
    $client.Timeout = [timespan]::FromSeconds($requestSeconds)
    $client
}

# Status 0: nobody answered; Text says why.
function Send-Request($Client, $Request) {
    try {
        $task = $Client.SendAsync($Request)
        if (-not $task.Wait($requestSeconds * 1000)) { return @{ Status = 0; Text = "no answer within $requestSeconds seconds"; Code = ''; Md5 = $null } }
        $response = $task.Result
        $text = [string]$response.Content.ReadAsStringAsync().Result
        $code = [regex]::Match($text, '<Code>(\w+)</Code>').Groups[1].Value
        @{ Status = [int]$response.StatusCode; Text = $text; Code = $code; Md5 = $response.Content.Headers.ContentMD5 }
    } catch {
        @{ Status = 0; Text = $_.Exception.GetBaseException().Message; Code = ''; Md5 = $null }
    }
}

# Waits before another attempt; false where this run has waited long enough.
function Wait-Patiently([int]$Seconds) {
    if ($Seconds -gt $script:patienceSeconds) { return $false }
    $script:patienceSeconds -= $Seconds
    Start-Sleep -Seconds $Seconds
    $true
}

# In the answer's own words, without what could be a secret in it.
function Get-Said($Answer) {
    if ($Answer.Status -eq 0) { return (Get-Short (ConvertTo-Ascii $Answer.Text)) }
    if ($Answer.Code) { return "$($Answer.Status) $($Answer.Code)" }
    $described = [regex]::Match($Answer.Text, '"error_description"\s*:\s*"([^"]*)"').Groups[1].Value
    Get-Short (ConvertTo-Ascii "$($Answer.Status) $described".Trim())
}

# 404, 410, 429 and 5xx pass by (Microsoft's page on tokens of managed identities); 400 does not: there is no identity.
function Get-Token {
    $client = New-Client $true
    try {
        foreach ($wait in @(2, 5, 15, 30, 60, 0)) {
            $request = New-Object -TypeName System.Net.Http.HttpRequestMessage -ArgumentList ([Net.Http.HttpMethod]::Get), $tokenAddress
            $null = $request.Headers.TryAddWithoutValidation('Metadata', 'true')
            $answer = Send-Request $client $request
            if ($answer.Status -eq 200) {
                $token = [string](Get-PropertyOrNull (ConvertFrom-Json -InputObject $answer.Text) 'access_token')
                if ($token) { return @{ Token = $token; Why = '' } }
                $answer.Text = '"error_description": "the answer holds no access_token"'
            }
            $passes = $answer.Status -eq 0 -or @(404, 410, 429) -contains $answer.Status -or $answer.Status -ge 500
            if (-not $passes -or $wait -eq 0 -or -not (Wait-Patiently $wait)) { break }
        }
    } finally { $client.Dispose() }
    $why = "the machine's identity gave no token: $(Get-Said $answer)"
    if ($answer.Status -eq 400) { $why = "$why; the virtual machine needs a system-assigned identity" }
    @{ Token = ''; Why = $why }
}

# MD5 only tells whether the bytes arrived; where Windows enforces FIPS there is none.
function Get-Md5([byte[]]$Bytes) {
    try {
        $algorithm = [Security.Cryptography.MD5]::Create()
        try { , $algorithm.ComputeHash($Bytes) } finally { $algorithm.Dispose() }
    } catch { return }
}

function New-PutRequest([string]$Address, [string]$Token, [byte[]]$Bytes, $Md5, $Metadata) {
    $request = New-Object -TypeName System.Net.Http.HttpRequestMessage -ArgumentList ([Net.Http.HttpMethod]::Put), $Address
    $headers = [ordered]@{
        'Authorization' = "Bearer $Token"; 'x-ms-version' = '2021-08-06'; 'x-ms-date' = (Get-Date).ToUniversalTime().ToString('R', [Globalization.CultureInfo]::InvariantCulture)
        'x-ms-blob-type' = 'BlockBlob'; 'If-None-Match' = '*'
    }
    foreach ($name in @($Metadata.Keys)) { $headers["x-ms-meta-$name"] = [string]$Metadata[$name] }
    foreach ($name in @($headers.Keys)) { $null = $request.Headers.TryAddWithoutValidation($name, [string]$headers[$name]) }
    $request.Content = New-Object -TypeName System.Net.Http.ByteArrayContent -ArgumentList (, $Bytes)
    $null = $request.Content.Headers.TryAddWithoutValidation('Content-Type', 'application/zip')
    if ($null -ne $Md5) { $request.Content.Headers.ContentMD5 = $Md5 }
    $request
}

# The name is taken. The second is what Azure says to whoever may add and not write over (seen with shared access signatures
# that only create: Azure/azure-cli issue 19203, Azure/azure-storage-azcopy issue 833).
function Test-Taken($Answer) {
    ($Answer.Status -eq 409 -and $Answer.Code -eq 'BlobAlreadyExists') -or ($Answer.Status -eq 403 -and $Answer.Code -eq 'UnauthorizedBlobOverwrite')
}

# `sent`; `there` where an earlier attempt of this run or of one before brought it, whose answer was lost: the name holds
# chain, number and second, and this server wrote down before that it sends it. It cannot be read back; whoever reads compares
# the hash in its metadata. `foreign` where the name is taken and nothing was ever sent; `differs` where what arrived is not
# what was sent; `damaged` where the file here is; else `later`.
function Send-Collection($Client, $Given, [string]$Token, $File) {
    try { $found = Read-Collection $File } catch { return @{ Outcome = 'damaged'; Why = "$($File.Name) is damaged on this server: $($_.Exception.Message)" } }
    $bytes = [IO.File]::ReadAllBytes($File.FullName)
    $md5 = Get-Md5 $bytes
    $metadata = [ordered]@{ sha256 = Get-LowerHash "$queueFolder\$($File.Name)"; manifestsha256 = $found.ManifestSha256; chain = $found.Chain; sequence = $found.Sequence; collectedat = $found.CollectedAt }
    $address = "$($Given.endpoint.TrimEnd('/'))/$($Given.container)/$($found.Name)"
    $tried = Test-Tried $File
    Set-Content -LiteralPath (Get-TriedPath $File) -Value 'sent' -Encoding ascii -NoNewline
    while ($true) {
        $answer = Send-Request $Client (New-PutRequest $address $Token $bytes $md5 $metadata)
        if ($answer.Status -eq 201) {
            if ($null -ne $md5 -and $null -ne $answer.Md5 -and [Convert]::ToBase64String($answer.Md5) -cne [Convert]::ToBase64String($md5)) { return @{ Outcome = 'differs'; Why = "the archive says that other bytes arrived of $($found.Name)" } }
            return @{ Outcome = 'sent'; Why = '' }
        }
        if (Test-Taken $answer) {
            if ($tried) { return @{ Outcome = 'there'; Why = "$($found.Name) was in the archive already: an earlier attempt arrived and its answer did not" } }
            return @{ Outcome = 'foreign'; Why = "the archive has a $($found.Name) that this server never sent" }
        }
        $wait = 0
        # A role assignment counts after up to ten minutes; answers with 5xx and none at all pass by.
        if ($answer.Status -eq 403 -and $answer.Code -eq 'AuthorizationPermissionMismatch') { $wait = 60 }
        if ($answer.Status -eq 0 -or @(408, 429, 500, 502, 503, 504) -contains $answer.Status) { $wait = 20; $tried = $true }
        if ($wait -eq 0 -or -not (Wait-Patiently $wait)) {
            # Refused before anything was written: the name is free as before.
            if (-not $tried) { Remove-Item -LiteralPath (Get-TriedPath $File) -Force }
            return @{ Outcome = 'later'; Why = "the archive $address did not take it: $(Get-Said $answer)" }
        }
    }
}

# Oldest first. Gives why something still waits, or what else is to be known; empty where nothing is to say.
function Send-Queue($Given) {
    $waiting = @(Get-Queued)
    if ($waiting.Count -eq 0) { return '' }
    $token = Get-Token
    if (-not $token.Token) { return $token.Why }
    $said = @()
    $client = New-Client $false
    try {
        foreach ($file in $waiting) {
            $result = Send-Collection $client $Given $token.Token $file
            if ($result.Why) { $said += $result.Why }
            if (@('sent', 'there') -contains $result.Outcome) { Remove-FromQueue $file }
            # Put aside: it would be refused in every run. Its number is missing in the archive from now on, and that is said.
            if (@('damaged', 'differs', 'foreign') -contains $result.Outcome) {
                Move-Item -LiteralPath "$queueFolder\$($file.Name)" -Destination "$queueFolder\$($file.Name).$($result.Outcome)"
                if (Test-Tried $file) { Remove-Item -LiteralPath (Get-TriedPath $file) -Force }
                $said[-1] = "$($said[-1]); it was put aside as $queueFolder\$($file.Name).$($result.Outcome)"
            }
            if ($result.Outcome -eq 'later') { break }
        }
    } finally { $client.Dispose() }
    $said -join '; '
}

# One event a run, its message one line of JSON. Windows takes 31,839 characters (monitoring.md section 6).
$eventSource = 'pulumi-entra-connect'
$longestMessage = 31839

# Long lists are cut by count, never in the middle of an entry; the length of the whole list is said.
function ConvertTo-Message($Health) {
    $message = ConvertTo-AsciiJson $Health
    # What is open is the least of what anybody must know.
    $lists = @{ ports = @(@($Health.ports | Where-Object { $_.state -ne 'open' }) + @($Health.ports | Where-Object { $_.state -eq 'open' })); notAvailable = @($Health.notAvailable); permissions = @($Health.permissions) }
    $whole = [ordered]@{}
    foreach ($name in @('ports', 'notAvailable', 'permissions')) {
        $left = $lists[$name].Count
        while ($message.Length -gt $longestMessage -and $left -gt 0) {
            $left = [int][math]::Floor($left / 2)
            $whole[$name] = $lists[$name].Count
            $Health.$name = @($lists[$name] | Select-Object -First $left)
            $Health.shortened = $whole
            $message = ConvertTo-AsciiJson $Health
        }
    }
    $message
}

function Write-RunEvent([int]$Id, [string]$EntryType, [string]$Message) {
    try {
        Write-EventLog -LogName Application -Source $eventSource -EventId $Id -EntryType $EntryType -Message $Message
        $true
    } catch {
        [Console]::Error.WriteLine((ConvertTo-Ascii "The event $Id could not be written: $($_.Exception.Message) $again"))
        $false
    }
}

# Two runs at once disturb each other, and what a configuration says in the middle of a run nobody has written down.
function Wait-Idle([int]$Minutes) {
    $began = Get-Date
    while ($true) {
        $who = Get-WhoRuns
        if (-not $who) { return }
        if (((Get-Date) - $began).TotalMinutes -ge $Minutes) { Stop-Collecting $exitCodes.failed "The engine was busy for $Minutes minutes: $who." 'A configuration that is read while a run goes on is not known to be whole.' 'Nothing where it happens once: the next run of the task collects. Else move archive.schedule.startTime away from the runs.' }
        Start-Sleep -Seconds 60
    }
}

function Confirm-Engine {
    $service = Get-SynchronizationService
    if ($null -eq $service) { Stop-Collecting $exitCodes.failed 'There is no service ADSync on this server.' 'Entra Connect is not set up here, or was removed.' 'Complete the wizard, or take the archive out of the settings of this server.' }
    if ($service.State -ne 'Running') { Stop-Collecting $exitCodes.failed "The service ADSync is $($service.State), start type $(Get-StartType ([string]$service.StartMode))." 'Without it nothing can be read of the engine.' 'Find out who stopped it before it is started again: a server that its guard retired stays stopped.' }
}

# Settings files that no collection has had yet; the newest fifty of them, once.
function Save-NewSettingsFile([string[]]$Known) {
    $new = @(@('Applied', 'Exported') | ForEach-Object { Get-SettingsFile $_ } | Where-Object { $Known -notcontains $_.Name })
    if ($new.Count -gt 50) { Add-NotAvailable 'older settings files' "$($new.Count - 50) of $($new.Count) new ones were left out" }
    foreach ($file in @($new | Select-Object -Last 50)) {
        if ([IO.File]::Exists((Join-Path (Join-Path $script:working 'settings') $file.Name))) { continue }
        Invoke-Step "settings file $($file.Name)" '' { Copy-SettingsFile $file }
    }
    @($new | ForEach-Object { $_.Name })
}

function Open-Working {
    $suffix = [guid]::NewGuid().ToString('N').Substring(0, 8)
    $script:working = Get-NativePath "$archiveFolder\.collecting-$suffix"
    $script:partial = Get-NativePath "$archiveFolder\.partial-$suffix"
    $null = [IO.Directory]::CreateDirectory($script:working)
}

# Of the last that waits the place can be taken, and its settings files with it: they are collected once more.
function Get-KnownSettingsFile($End) {
    $last = @(Get-Queued | Select-Object -Last 1)
    $found = $null
    if ($last.Count -gt 0) { try { $found = Read-Collection $last[0] } catch { $found = $null } }
    @($End.SettingsFiles | Where-Object { $null -eq $found -or $found.SettingsFiles -notcontains $_ })
}

# Everything into the working folder; the manifest comes with its place in the chain.
function Get-Collected($Given, $End) {
    $collectedAt = Get-Date
    $staging = Get-StagingFacts
    Save-Collection
    $new = @(Save-NewSettingsFile @(Get-KnownSettingsFile $End))
    $server = Get-ServerFacts
    $health = Get-Health $Given $collectedAt $server $staging
    @{ At = $collectedAt; Staging = $staging; Server = $server; Health = $health; NewFiles = $new; Warnings = @($script:warnings); NotAvailable = @($script:notAvailable) }
}

function Write-Whole($Given, $Collected, $Place) {
    $name = Get-BlobName ([string]$Given.chain) ([string]$env:COMPUTERNAME) "$($Place.Sequence.ToString('00000000'))-$(Get-Stamp $Collected.At).zip"
    $health = $Collected.Health
    $health.sequence = $Place.Sequence
    $health.archive.name = $name
    $health.notAvailable = @($script:notAvailable)
    Write-Evidence 'health/health.json' $health
    Write-Manifest $Collected.At $Collected.Server $Collected.Staging ([ordered]@{
            chain = [string]$Given.chain; sequence = $Place.Sequence; previous = $Place.Previous; startedAnew = $Place.StartedAnew
            vmId = Read-Part 'identity of the machine' { Get-MachineId }; generation = $Given.generation
            script = [ordered]@{ version = $archiverVersion; sha256 = $ScriptSha256 }
        })
    Save-Archive $script:partial
    $name
}

# Gives the collection's own name in the archive, or nothing where the queue has no room for it.
function Add-Collection($Given, $End, $Collected) {
    # Its size is known when it is whole; what it says of its place is written into it before.
    $first = @{ Sequence = $End.Sequence + 1; Previous = $End.Previous; StartedAnew = $End.StartedAnew; Replaces = $null }
    $name = Write-Whole $Given $Collected $first
    $place = Get-PlaceInQueue $End $Given (Get-Size $script:partial)
    if ($null -eq $place) {
        $Collected.Health.sequence = $null
        $Collected.Health.archive.name = $null
        $Collected.Health.archive.why = "the queue in $queueFolder is full and this collection was not kept"
        return
    }
    if ($null -ne $place.Replaces) {
        Remove-Item -LiteralPath $script:partial -Force
        $name = Write-Whole $Given $Collected $place
        $Collected.Health.archive.why = "the queue in $queueFolder is full: this collection took the place of $($place.Replaces.Name), which was never sent"
    }
    $null = Add-ToQueue $script:partial $place.Sequence $Collected.At
    if ($null -ne $place.Replaces) { Remove-FromQueue $place.Replaces }
    $hash = Get-LowerHash (Join-Path $script:working 'manifest.json')
    Write-ChainEnd ([string]$Given.chain) @{ Sequence = $place.Sequence; Previous = [ordered]@{ name = $name; manifestSha256 = $hash }; SettingsFiles = @(@($End.SettingsFiles) + $Collected.NewFiles | Select-Object -Unique) }
    $name
}

function Complete-Health($Given, $Health, [string]$Name) {
    $said = @($Health.archive.why | Where-Object { $_ })
    $state = 'failed'
    if (-not $Given.endpoint) {
        if ($Name) { $state = 'disabled'; $said += "no archive is configured; collections stay in $queueFolder until they are fetched" }
    } else {
        $sent = Send-Queue $Given
        if ($sent) { $said += $sent }
        if ($Name) {
            $file = $Name.Substring($Name.LastIndexOf('/') + 1)
            $state = 'uploaded'
            if (Test-Path -LiteralPath "$queueFolder\$file") { $state = 'queued' } elseif (@(Get-ChildItem -LiteralPath $queueFolder -Filter "$file.*").Count -gt 0) { $state = 'failed' }
        }
    }
    $Health.archive = [ordered]@{ state = $state; name = $Health.archive.name; queue = Get-QueueState; why = if ($said.Count -gt 0) { Get-Long ($said -join '; ') } else { $null } }
}

function Get-Long([string]$Text) { if ($Text.Length -gt 1000) { $Text.Substring(0, 1000) + ' ...' } else { $Text } }

function Invoke-Archiving {
    Confirm-Protected
    $given = Read-Archiving
    $script:chain = [string]$given.chain
    Request-Lock 0
    if (-not $script:lockHeld) { Stop-Collecting $exitCodes.busy 'Another run of this script is at work.' 'Two at once would give two collections one number.' 'Wait until it is done.' }
    if (-not (Test-Path -LiteralPath $queueFolder)) { $null = New-Item -ItemType Directory -Path $queueFolder -Force }
    Clear-Leftover
    Confirm-Engine
    Import-Engine
    Wait-Idle ([int]$given.waitMinutes)
    $end = Get-ChainEnd $script:chain
    Open-Working
    $collected = Get-Collected $given $end
    $name = $null
    try { $name = Add-Collection $given $end $collected } catch { Stop-Collecting $exitCodes.failed 'The collection could not be written.' $_.Exception.Message "Make room on the disk of $archiveFolder. What waits in $queueFolder is kept." }
    $health = $collected.Health
    Complete-Health $given $health ([string]$name)
    $message = ConvertTo-Message $health
    [Console]::Out.WriteLine($message)
    $script:exitCode = $exitCodes.waiting
    $written = $false
    if ($health.archive.state -eq 'uploaded' -and $health.archive.queue.count -eq 0) {
        $script:exitCode = $exitCodes.archived
        $written = Write-RunEvent 100 'Information' $message
    } else { $written = Write-RunEvent 101 'Warning' $message }
    if (-not $written) { $script:exitCode = $exitCodes.silent }
}

$script:working = ''
$script:partial = ''
$script:chain = ''
$script:lock = $null
$script:lockHeld = $false
$script:exitCode = 1
$lockName = 'Global\pulumi-entra-connect-archive'
try {
    $null = Invoke-Archiving
} catch {
    $what = "An unexpected error in line $($_.InvocationInfo.ScriptLineNumber)."
    $why = [string]$_.Exception.Message
    $next = 'Nothing where it happens once: the next run of the task begins anew. If it stays so, report these lines.'
    $script:exitCode = 1
    if ($null -ne $script:refusal) {
        $script:exitCode = $script:refusal.Code
        $what, $why, $next = @($script:refusal.Lines | ForEach-Object { $_ -replace '^(What|Why|Next): ' })
        # Those of the collector count otherwise here.
        if ($script:exitCode -lt 40) { $script:exitCode = $exitCodes.failed }
    }
    [Console]::Error.WriteLine((ConvertTo-Ascii "archive-configuration on $env:COMPUTERNAME stopped; nothing was collected. What: $what Why: $why Next: $next"))
    # Whoever is at work writes an event of its own.
    if ($script:exitCode -ne $exitCodes.busy) {
        $failed = [ordered]@{ what = Get-Long $what; why = Get-Long $why; next = Get-Long $next }
        $message = ConvertTo-AsciiJson ([ordered]@{ schema = 'entra-connect-health/1'; collectedAt = Format-Instant (Get-Date); computerName = [string]$env:COMPUTERNAME; chain = if ($script:chain) { $script:chain } else { $null }; failed = $failed })
        if (-not (Write-RunEvent 110 'Error' $message)) { $script:exitCode = $exitCodes.silent }
    }
} finally {
    foreach ($leftover in @($script:working, $script:partial)) { if ($leftover -and (Test-Path -LiteralPath $leftover)) { Remove-Item -LiteralPath $leftover -Recurse -Force -ErrorAction SilentlyContinue } }
    if ($script:lockHeld) { $script:lock.ReleaseMutex() }
}
exit $script:exitCode
