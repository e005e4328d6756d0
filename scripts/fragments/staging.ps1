# Two independent reads. "on" needs both; one clear "no" is enough for "off"; all else is "unclear". Why one could not be
# read, and what to do, is looked up in fragments/staging.causes.json.
function Get-StagingProof {
    $scheduler = $null
    $parameter = $null
    $details = @()
    $service = Get-SynchronizationService
    if ($null -ne $service -and $service.State -ne 'Running') { $details += "the service ADSync is $(Get-ServiceState $service), start mode $($service.StartMode)" }
    try {
        Import-EngineModule
    } catch {
        return New-Proof 'unclear' $null $null ((@($details) + @("module ADSync: $($_.Exception.Message)")) -join '; ')
    }
    try {
        $read = Get-ADSyncScheduler
        $scheduler = ConvertTo-Truth (Get-PropertyOrNull $read 'StagingModeEnabled')
        if ($null -eq $scheduler) { $details += 'Get-ADSyncScheduler: StagingModeEnabled says neither True nor False' }
    } catch {
        $details += "Get-ADSyncScheduler: $($_.Exception.Message)"
    }
    try {
        $found = @(Get-ADSyncGlobalSettingsParameter | Where-Object { $_.Name -eq 'Microsoft.Synchronize.StagingMode' })
        if ($found.Count -eq 1) { $parameter = ConvertTo-Truth $found[0].Value } else { $details += 'global parameter Microsoft.Synchronize.StagingMode: not there' }
        if ($found.Count -eq 1 -and $null -eq $parameter) { $details += 'global parameter Microsoft.Synchronize.StagingMode: says neither True nor False' }
    } catch {
        $details += "Get-ADSyncGlobalSettingsParameter: $($_.Exception.Message)"
    }
    $state = 'unclear'
    if ($scheduler -eq $true -and $parameter -eq $true) { $state = 'on' }
    if ($scheduler -eq $false -or $parameter -eq $false) { $state = 'off' }
    if ($details.Count -eq 0 -or $state -ne 'unclear') {
        $said = "scheduler says $(Get-Said $scheduler), global parameter says $(Get-Said $parameter)"
        if ($null -ne $scheduler -and $null -ne $parameter -and $scheduler -ne $parameter) { $said = "the two disagree, $said" }
        $details = @($said) + @($details)
    }
    New-Proof $state $scheduler $parameter ($details -join '; ')
}

function New-Proof([string]$State, $Scheduler, $Parameter, [string]$Detail) {
    New-Object -TypeName PSObject -Property @{ State = $State; Scheduler = $Scheduler; Parameter = $Parameter; Detail = (Hide-Secret $Detail).TrimEnd('.') }
}

function Get-Said($Truth) { if ($null -eq $Truth) { 'nothing' } else { [string]$Truth } }

# Refuses with what could not be read, the known causes of that, and their remedies.
function Stop-Unproven($Proof, [string]$Code = 'not-proven-staging') {
    Add-StagingCause $Proof.Detail
    Stop-Script $Code @{ state = $Proof.State; detail = $Proof.Detail }
}

function Add-StagingCause([string]$Detail) {
    foreach ($row in @(Find-Cause $causes.staging $Detail)) { Add-Cause $row }
}

function Confirm-Staging {
    $proof = Get-StagingProof
    if ($proof.State -ne 'on') { Stop-Unproven $proof }
    $proof
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
    $null = Confirm-Staging
}

function Get-PassThroughAgent {
    Get-CimInstance -ClassName Win32_Service -OperationTimeoutSec 60 | Where-Object {
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
