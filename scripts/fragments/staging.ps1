# Two independent reads. "on" needs both; one clear "no" is enough for "off"; all else is "unclear".
function Get-StagingProof {
    $scheduler = $null
    $parameter = $null
    $details = @()
    try {
        Import-Module ADSync
    } catch {
        return New-Proof 'unclear' $null $null "module ADSync: $($_.Exception.Message)"
    }
    try {
        $scheduler = ConvertTo-Truth (Get-ADSyncScheduler).StagingModeEnabled
    } catch {
        $details += "Get-ADSyncScheduler: $($_.Exception.Message)"
    }
    try {
        $found = @(Get-ADSyncGlobalSettingsParameter | Where-Object { $_.Name -eq 'Microsoft.Synchronize.StagingMode' })
        if ($found.Count -eq 1) { $parameter = ConvertTo-Truth $found[0].Value } else { $details += 'global parameter Microsoft.Synchronize.StagingMode: not there' }
    } catch {
        $details += "Get-ADSyncGlobalSettingsParameter: $($_.Exception.Message)"
    }
    $state = 'unclear'
    if ($scheduler -eq $true -and $parameter -eq $true) { $state = 'on' }
    if ($scheduler -eq $false -or $parameter -eq $false) { $state = 'off' }
    if ($details.Count -eq 0) { $details += "scheduler says $scheduler, global parameter says $parameter" }
    New-Proof $state $scheduler $parameter ($details -join '; ')
}

function New-Proof([string]$State, $Scheduler, $Parameter, [string]$Detail) {
    New-Object -TypeName PSObject -Property @{ State = $State; Scheduler = $Scheduler; Parameter = $Parameter; Detail = $Detail }
}

function ConvertTo-Truth($Value) {
    if ("$Value" -eq 'True') { return $true }
    if ("$Value" -eq 'False') { return $false }
    $null
}

# Whoever acts asks this first: no Entra Connect here, or one that is proven to be staging.
function Confirm-ActingAllowed {
    Confirm-NotRetired
    $service = Get-SynchronizationService
    if ($null -eq $service -and -not (Test-Path -LiteralPath (Get-EngineFile))) { return }
    if ($null -eq $service) { Stop-Script 'not-proven-staging' @{ state = 'unclear'; detail = 'the synchronization engine is installed but has no service' } }
    $proof = Get-StagingProof
    if ($proof.State -ne 'on') { Stop-Script 'not-proven-staging' @{ state = $proof.State; detail = $proof.Detail } }
}

function Get-PassThroughAgent {
    Get-CimInstance -ClassName Win32_Service | Where-Object {
        $_.Name -like 'AzureADConnectAuthenticationAgent*' -or $_.PathName -like '*AzureADConnectAuthenticationAgentService.exe*'
    }
}

# Disabled first: a service that is stopped but may start again is no proof. Each is tried although the other failed, and
# what Windows shows afterwards decides, not what the cmdlets said.
function Disable-Synchronization {
    $said = @()
    try { Set-Service -Name ADSync -StartupType Disabled } catch { $said += "Set-Service: $($_.Exception.Message)" }
    try { Stop-Service -Name ADSync -Force } catch { $said += "Stop-Service: $($_.Exception.Message)" }
    $service = Get-SynchronizationService
    if ($null -ne $service -and $service.State -eq 'Stopped' -and $service.StartMode -eq 'Disabled') { return }
    if ($said.Count -eq 0) { $said += 'Set-Service and Stop-Service reported no error' }
    Stop-Script 'service-not-stopped' @{
        state = Get-ServiceState $service; startMode = [string](Get-PropertyOrNull $service 'StartMode'); said = $said -join '; '; engine = Get-EngineFile
    }
}
