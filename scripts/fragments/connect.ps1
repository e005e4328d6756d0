$baselinePath = "$libraryFolder\baseline.json"

# Written when the gate opens for the first time. From then on somebody may have made this server the active one.
$passedPath = "$libraryFolder\gate-passed.json"

# For people: whoever reads that a service is disabled takes it for stopped, so anything else is said aloud.
function Get-ServiceState($Service) {
    if ($null -eq $Service) { return 'not there' }
    if ($Service.State -eq 'Stopped') { 'stopped' } else { ([string]$Service.State).ToUpperInvariant() }
}

function Get-WizardProcess { Get-Process -Name AzureADConnect -ErrorAction SilentlyContinue }

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
    if ($null -eq $passed) { return $false }
    $machine = [string](Get-PropertyOrNull $passed 'vmId')
    # Which machine's it is, it does not say: taken for another's, it would let the active server be stopped.
    if (-not $machine) { Stop-Script 'record-damaged' @{ path = $passedPath } }
    Test-MachineId $machine
}

function Get-Baseline { Read-Record $baselinePath }

# A file that the wizard wrote after the baseline: written only when a configuration succeeded.
function Get-NewAppliedFile($Baseline) {
    $known = @($Baseline.appliedFiles)
    Get-AppliedFile | Where-Object { $known -notcontains $_.Name } | Sort-Object -Property LastWriteTimeUtc, Name | Select-Object -Last 1
}

# Where somebody removed the service, the gate wrote down where its engine was.
function Get-RecordedEngineFile { [string](Get-PropertyOrNull (Read-Record $passedPath) 'engineFile') }
