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
