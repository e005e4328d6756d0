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
