# entra-connect script: collect
<#
.SYNOPSIS
    Collects the evidence of one Microsoft Entra Connect Sync server in one zip archive. Read-only.
.DESCRIPTION
    Copy this one file to the server and run it there in Windows PowerShell 5.1 as a local administrator:

        powershell.exe -NoProfile -ExecutionPolicy Bypass -File collect.ps1 -OutputFolder C:\Evidence

    It calls only cmdlets whose names begin with Get-, reads files, and writes into the output folder. It starts no
    synchronization, changes no setting and contacts nobody. The archive holds configuration, statistics and versions
    and no password or key, but it does tell the directory's structure: choose a folder that only administrators read.
    This file is put together from tested pieces (scripts/collect and scripts/fragments of pulumi-entra-connect).
.PARAMETER OutputFolder
    Where the archive goes. Made if it is not there.
.PARAMETER CountObjects
    Also counts the objects of each connector space by type, by listing all of them. Minutes on a large server.
.NOTES
    The last line of the output is one line of JSON: the answer (collect.answer.schema.json).
    Exit codes: 0 archive written (its manifest says what could not be collected), 1 unexpected, 2 output folder,
    3 not an Entra Connect server, 4 nothing could be read, 5 the archive could not be written.
#>
[CmdletBinding()]
param(
    [string]$OutputFolder = '',
    [switch]$CountObjects
)

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

function Open-OutputFolder {
    $example = 'Give -OutputFolder a folder that you may write to, for example C:\Evidence.'
    if (-not $OutputFolder) { Stop-Collecting 2 'There is no output folder.' 'The parameter -OutputFolder is missing.' $example }
    try {
        $script:target = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutputFolder)
        $null = [IO.Directory]::CreateDirectory($script:target)
        $script:working = Join-Path $script:target ('.collecting-' + [guid]::NewGuid().ToString('N').Substring(0, 8))
        $null = [IO.Directory]::CreateDirectory($script:working)
    } catch { Stop-Collecting 2 "The output folder $OutputFolder cannot be used." $_.Exception.Message $example }
}

function Invoke-Collecting {
    Open-OutputFolder
    Import-Engine
    $collectedAt = Get-Date
    $staging = Get-StagingFacts
    Save-Collection
    $server = Get-ServerFacts
    try {
        Write-Manifest $collectedAt $server $staging $null
        $name = Join-Path $script:target "entra-connect-evidence-$($env:COMPUTERNAME)-$(Get-Stamp $collectedAt)"
        $script:partial = "$name.partial-$PID"
        Save-Archive $script:partial
        $archive = "$name.zip"
        for ($number = 2; [IO.File]::Exists($archive); $number++) { $archive = "$name-$number.zip" }
        [IO.File]::Move($script:partial, $archive)
    } catch { Stop-Collecting 5 'The archive could not be written.' $_.Exception.Message "Make room in $($script:target) or choose another folder, and run the collector again." }
    [Console]::Out.WriteLine((ConvertTo-AsciiJson ([ordered]@{
                    script = 'collect'; collectedAt = Format-Instant $collectedAt; computerName = [string]$env:COMPUTERNAME
                    archive = $archive; sha256 = Get-LowerHash $archive; size = Get-Size $archive
                    warnings = @($script:warnings); notAvailable = @($script:notAvailable | ForEach-Object { $_.name })
                })))
}

$script:working = ''
$script:target = ''
$script:partial = ''
$exitCode = 1
try {
    $null = Invoke-Collecting
    $exitCode = 0
} catch {
    $lines = @("What: an unexpected error in line $($_.InvocationInfo.ScriptLineNumber).", "Why: $($_.Exception.Message)", 'Next: run the collector again; if it stays so, report these lines.')
    if ($null -ne $script:refusal) { $exitCode = $script:refusal.Code; $lines = $script:refusal.Lines }
    [Console]::Error.WriteLine("collect on $env:COMPUTERNAME stopped; no archive was written")
    foreach ($line in $lines) { [Console]::Error.WriteLine((ConvertTo-Ascii $line)) }
} finally {
    foreach ($leftover in @($script:working, $script:partial)) { if ($leftover) { Remove-Item -LiteralPath $leftover -Recurse -Force -ErrorAction SilentlyContinue } }
}
exit $exitCode
