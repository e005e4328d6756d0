# fragments: given lock machine files connect marker staging

# What was found before anything was changed, for whoever wants it back.
$beforePath = "$libraryFolder\auto-upgrade-before.json"

function Write-Before([string]$State) {
    New-Folder $libraryFolder
    Write-WholeFile $beforePath (ConvertTo-AsciiJson ([ordered]@{
                foundAt = Format-Instant (Get-Date); computerName = $env:COMPUTERNAME; vmId = Get-MachineId; state = $State
            }))
}

# Documented are changes between Enabled and Disabled; Suspended is the system's own, and then it does not upgrade.
function Disable-AutoUpgrade {
    try { Set-ADSyncAutoUpgrade -AutoUpgradeState Disabled } catch {
        Add-Warning "Automatic upgrade could not be switched off: $(Hide-Secret $_.Exception.Message)"
        return
    }
    Add-Change 'automatic upgrade switched off'
}

function Get-AutoUpgrade {
    try { [string](Get-ADSyncAutoUpgrade) } catch {
        Add-Warning "Automatic upgrade could not be read: $(Hide-Secret $_.Exception.Message)"
        $null
    }
}

function Invoke-Script {
    $given = Get-Arguments @('vmId', 'switchOff')
    Enter-Lock
    Confirm-MachineId $given.vmId
    if ($null -eq (Get-SynchronizationService)) { Stop-Script 'not-set-up' }
    Confirm-NotRetired
    if (@(Get-WizardProcess).Count -gt 0) { Stop-Script 'wizard-open' }
    $null = Confirm-Staging
    $before = Get-AutoUpgrade
    $state = $before
    if ($before -eq 'Enabled' -and $given.switchOff -eq $true) {
        Write-Before $before
        Disable-AutoUpgrade
        $state = Get-AutoUpgrade
    }
    $script:answer.changes = @($script:changes)
    $script:answer.vmId = Get-MachineId
    $script:answer.before = $before
    $script:answer.state = $state
}
