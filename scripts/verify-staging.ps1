# fragments: given machine files connect marker staging listing engine runs

# The wizard is told by its FileVersion (entra-connect.md section 5.1).
function Get-WizardVersion {
    $path = Get-WizardPath ''
    if ($path) { Get-PlainVersion ([string](Get-Item -LiteralPath $path).VersionInfo.FileVersion) } else { '' }
}

$configRecordPath = "$libraryFolder\engine-config.json"
$longestRuleList = 100

# The answer goes into the state, where it is not encrypted: only what is needed, by name (entra-connect.md section 7).
$wantedParameters = @(
    @('StagingMode', 'SchedulerSuspended', 'ServerConfigurationVersion', 'TimeInterval' | ForEach-Object { "Microsoft.Synchronize.$_" })
    @('AnchorAttribute', 'UPNAttribute' | ForEach-Object { "Microsoft.SynchronizationOption.$_" })
    @('SignOnMethod', 'DesktopSsoEnabled' | ForEach-Object { "Microsoft.UserSignIn.$_" })
    @('PasswordHashSync', 'PasswordWriteback', 'HybridExchange', 'ExchangeMailPublicFolder', 'GroupWriteBack', 'DeviceWriteBack', 'DeviceWriteUp',
        'UserWriteBack', 'DirectoryExtension', 'DirectoryExtensionAttributes', 'FilterAAD', 'GroupFiltering', 'ExportDeletionThreshold',
        'ExportDeletionThresholdValue', 'AutoUpgradeState', 'AutoUpgradeSuspensionReason' | ForEach-Object { "Microsoft.OptionalFeature.$_" })
)

# A feature may have "password" in its name; then only its being on or off is answered.
function Test-Harmless([string]$Name, [string]$Value) {
    if ($Name -match 'password|secret|key') { return $Value -match '^(true|false)$' }
    $Value -notmatch 'encrypted|^[a-z0-9+/_-]{40,}={0,2}$|^[a-z0-9+/]{16,}={1,2}$|^[0-9a-f]{32,}$'
}

function Get-WantedParameter {
    $found = [ordered]@{}
    foreach ($parameter in @(Get-ADSyncGlobalSettingsParameter | Sort-Object -Property Name)) {
        $name = [string]$parameter.Name
        $value = [string]$parameter.Value
        if ($wantedParameters -contains $name -and (Test-Harmless $name $value)) { $found[$name] = $value }
    }
    $found
}

# The gate wrote down which settings file lay there when the wizard had been completed.
function Get-ImportedSettingsFile {
    $sha256 = [string](Get-PropertyOrNull (Get-PropertyOrNull (Read-Record $passedPath) 'settingsFile') 'sha256')
    if ($sha256) { [ordered]@{ sha256 = $sha256 } } else { $null }
}

# Soft evidence: a build without the cmdlet gives null and a warning, never a failure.
function Get-Soft([string]$What, [scriptblock]$Read) {
    try { & $Read } catch {
        $script:refusal = $null
        Add-Warning "$What could not be read: $(Hide-Secret $_.Exception.Message)"
        $null
    }
}

function Get-RunSummary {
    Get-ADSyncRunProfileResult -NumberRequested 20 | ForEach-Object { Get-RunFacts $_ } | Sort-Object -Property Started -Descending |
        Select-Object -First 20 | ForEach-Object {
            $ended = $null
            $started = $null
            if ($null -ne $_.Started) { $started = Format-Instant $_.Started }
            if ($null -ne $_.Ended) { $ended = Format-Instant $_.Ended }
            [ordered]@{ connectorName = $_.Connector; runProfileName = $_.Profile; result = $_.Result; startDate = $started; endDate = $ended }
        }
}

function Get-SchedulerState {
    $scheduler = Get-ADSyncScheduler
    $busy = Get-PropertyOrNull $scheduler 'SyncCycleInProgress'
    $next = Get-PropertyOrNull $scheduler 'NextSyncCycleStartTimeInUTC'
    if ($null -ne $busy) { $busy = [bool]$busy }
    if ($null -ne $next) { $next = Format-Instant (ConvertTo-Utc $next) }
    [ordered]@{
        syncCycleEnabled    = [bool]$scheduler.SyncCycleEnabled
        schedulerSuspended  = [bool]$scheduler.SchedulerSuspended
        syncCycleInProgress = $busy
        maintenanceEnabled  = [bool]$scheduler.MaintenanceEnabled
        effectiveInterval   = [string]$scheduler.CurrentlyEffectiveSyncCycleInterval
        nextSyncCycleStart  = $next
    }
}

# Public code reads the filters here; a connector without partitions has none.
function Get-PartitionFilter($Connector) {
    foreach ($partition in @(Get-PropertyOrNull $Connector 'Partitions')) {
        if ($null -eq $partition) { continue }
        $scope = Get-PropertyOrNull $partition 'ConnectorPartitionScope'
        $name = Get-PropertyOrNull $partition 'Name'
        if (-not $name) { $name = Get-PropertyOrNull $partition 'DN' }
        $null = Test-Room (250 + ([string]$name).Length)
        [ordered]@{
            name       = [string]$name
            selected   = [string](Get-PropertyOrNull $partition 'Selected') -eq 'True'
            inclusions = ConvertTo-Listing (Get-PropertyOrNull $scope 'ContainerInclusionList')
            exclusions = ConvertTo-Listing (Get-PropertyOrNull $scope 'ContainerExclusionList')
        }
    }
}

# A text in some listings, an object that holds it in others; custom rules have none.
function Get-RuleTag($Rule) {
    $tag = Get-PropertyOrNull $Rule 'ImmutableTag'
    $value = Get-PropertyOrNull $tag 'TagValue'
    if ($null -ne $value) { [string]$value } else { [string]$tag }
}

function Get-RuleFacts($Connectors) {
    $names = @{}
    foreach ($connector in $Connectors) { $names[[string]$connector.Identifier] = [string]$connector.Name }
    $rules = @(Get-ADSyncRule)
    $standard = @($rules | Where-Object { (Get-RuleTag $_) -like 'Microsoft.*' })
    $custom = @($rules | Where-Object { (Get-RuleTag $_) -notlike 'Microsoft.*' } | Sort-Object -Property Precedence, Name)
    [ordered]@{
        total            = $rules.Count
        standard         = $standard.Count
        disabled         = @($rules | Where-Object { $_.Disabled }).Count
        disabledStandard = ConvertTo-Listing @($standard | Where-Object { $_.Disabled } | ForEach-Object { $_.Name })
        customCount      = $custom.Count
        custom           = @($custom | Select-Object -First $longestRuleList | Where-Object { Test-Room (150 + ([string]$_.Name).Length) } | ForEach-Object {
                [ordered]@{
                    name = [string]$_.Name; connector = [string]$names[[string]$_.Connector]; direction = [string]$_.Direction
                    precedence = [int]$_.Precedence; disabled = [bool]$_.Disabled
                }
            })
    }
}

# The first look at an engine writes down what its file of settings was; an edit by hand shows from then on. A newer engine
# brings its own file.
function Get-EngineConfigFacts([string]$Version) {
    $config = Get-EngineConfig
    $record = Read-Record $configRecordPath
    if (-not (Test-MarkerOfThisMachine $record) -or [string]$record.engineVersion -ne $Version) {
        New-Folder $libraryFolder
        Write-WholeFile $configRecordPath (ConvertTo-AsciiJson ([ordered]@{
                    recordedAt = Format-Instant (Get-Date); computerName = $env:COMPUTERNAME; vmId = Get-MachineId
                    engineVersion = $Version; sha256 = $config.sha256
                }))
        $record = Read-Record $configRecordPath
    }
    [ordered]@{
        sha256 = $config.sha256; fipsEdit = $config.fipsEdit
        recordedSha256 = [string]$record.sha256; recordedAt = Format-StoredInstant $record.recordedAt
    }
}

# What must hold, or nothing is answered and the next `up` asks again.
function Confirm-Verified($Given) {
    Confirm-NotRetired
    if (@(Get-WizardProcess).Count -gt 0) { Stop-Script 'wizard-open' }
    $service = Get-SynchronizationService
    if ($null -eq $service) { Stop-Script 'not-set-up' }
    $proof = Confirm-Staging
    $baseline = Get-Baseline
    $applied = $null
    if ($null -ne $baseline) { $applied = Get-NewAppliedFile $baseline }
    if ($null -eq $applied) { Stop-Script 'wizard-not-finished' @{ folder = $appliedFolder } }
    $package = Get-ConnectPackage
    $versions = [ordered]@{
        package = ''
        wizard  = Get-WizardVersion
        engine  = Get-EngineVersion
    }
    if ($null -ne $package) { $versions.package = Get-PlainVersion $package.DisplayVersion }
    $expected = Get-PlainVersion $Given.expected.productVersion
    foreach ($part in @('package', 'wizard', 'engine')) {
        if ($versions[$part] -ne $expected) {
            Stop-Script 'other-version' @{ expected = $expected; package = $versions.package; wizard = $versions.wizard; engine = $versions.engine }
        }
    }
    $script:answer.stagingMode = [ordered]@{ scheduler = $proof.Scheduler; globalParameter = $proof.Parameter }
    $script:answer.appliedFile = [ordered]@{ name = $applied.Name; sha256 = Get-LowerHash "$appliedFolder\$($applied.Name)" }
    $script:answer.importedSettingsFile = Get-ImportedSettingsFile
    $script:answer.versions = $versions
    $script:answer.service = [ordered]@{ status = [string]$service.State; startType = [string]$service.StartMode; account = [string]$service.StartName }
}

function Invoke-Script {
    $given = Get-Arguments @('expected')
    $script:answer.vmId = Get-MachineId
    Confirm-Verified $given
    $script:answer.scheduler = Get-SchedulerState
    $connectors = @(Get-ADSyncConnector | Sort-Object -Property Name)
    $script:answer.connectors = @($connectors | ForEach-Object {
            [ordered]@{
                name = [string]$_.Name; identifier = [string]$_.Identifier; type = Get-ConnectorType $_
                subtype = [string](Get-PropertyOrNull $_ 'Subtype'); partitions = @(Get-PartitionFilter $_)
            }
        })
    $script:answer.rules = Get-RuleFacts $connectors
    $script:answer.globalParameters = Get-WantedParameter
    $script:answer.runs = @(Get-RunSummary)
    $script:answer.passThroughAgents = @(Get-PassThroughAgent | ForEach-Object { [string]$_.Name })
    $identity = Get-Soft 'The identity of the Entra connector' { Get-ConnectorIdentity }
    $script:answer.credentialType = Get-PropertyOrNull $identity 'type'
    $script:answer.applicationId = Get-PropertyOrNull $identity 'applicationId'
    $script:answer.certificate = Get-Soft "The events of the application's certificate" {
        [ordered]@{ endsAt = Get-PropertyOrNull $identity 'endsAt'; events = @(Get-CertificateEvent) }
    }
    $script:answer.database = Get-Soft 'The database' { Get-DatabaseFacts }
    $script:answer.engineConfig = Get-Soft 'miiserver.exe.config' { Get-EngineConfigFacts $script:answer.versions.engine }
    $script:answer.autoUpgrade = Get-Soft 'Automatic upgrade' { [string](Get-ADSyncAutoUpgrade) }
}
