# fragments: given lock machine files system connect marker staging

# What was set, when, and what stood there before: whoever wants it back finds it here.
$setPath = "$libraryFolder\prerequisites-set.json"

$allowedKeys = @(
    'HKLM:\SOFTWARE\Microsoft\.NETFramework\v4.0.30319'
    'HKLM:\SOFTWARE\WOW6432Node\Microsoft\.NETFramework\v4.0.30319'
    'HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client'
    'HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Server'
)
$allowedNames = @('SystemDefaultTlsVersions', 'SchUseStrongCrypto', 'Enabled', 'DisabledByDefault')

function Get-Number([string]$Key, [string]$Name) {
    $value = Get-RegistryValue $Key $Name
    if ($null -eq $value) { $null } else { [int]$value }
}

# Windows takes every number but 0 for on, 0xffffffff for example; such a one stays.
function Test-Satisfied($Found, [int]$Wanted) {
    if ($null -eq $Found) { return $false }
    ([int]$Found -ne 0) -eq ($Wanted -ne 0)
}

# Only a key that is not there: New-Item -Force would empty one that is.
function New-Key([string]$Key) {
    if (-not (Test-Path -LiteralPath $Key)) { $null = New-Item -Path $Key -Force }
}

function Set-Value($Wanted) {
    $before = Get-Number $Wanted.key $Wanted.name
    $outcome = 'unchanged'
    if (-not (Test-Satisfied $before $Wanted.value)) {
        New-Key $Wanted.key
        $null = New-ItemProperty -LiteralPath $Wanted.key -Name $Wanted.name -Value ([int]$Wanted.value) -PropertyType DWord -Force
        $outcome = 'changed'
    }
    $now = Get-Number $Wanted.key $Wanted.name
    if (-not (Test-Satisfied $now $Wanted.value)) {
        Stop-Script 'value-not-set' @{ key = $Wanted.key; name = $Wanted.name; wanted = [string]$Wanted.value; found = if ($null -eq $now) { 'not there' } else { [string]$now } }
    }
    if ($outcome -eq 'changed') { Add-Change "$($Wanted.key), $($Wanted.name) = $now" }
    [ordered]@{ key = [string]$Wanted.key; name = [string]$Wanted.name; outcome = $outcome; before = $before; now = $now }
}

# Before the first value is set, so that a death in between loses neither what stood there nor that a restart is needed.
# What an earlier run wrote down of another value is kept.
function Write-SetRecord($Changing) {
    $known = @(Get-PropertyOrNull (Read-Record $setPath) 'values' | Where-Object { $null -ne $_ })
    $kept = @($known | Where-Object { $old = $_; @($Changing | Where-Object { $_.key -eq $old.key -and $_.name -eq $old.name }).Count -eq 0 })
    New-Folder $libraryFolder
    Write-WholeFile $setPath (ConvertTo-AsciiJson ([ordered]@{ setAt = Format-Instant (Get-Date); values = @($kept) + @($Changing) }))
}

# SCHANNEL reads its keys when Windows starts.
function Test-RestartNeeded {
    $record = Read-Record $setPath
    if ($null -eq $record) { return $false }
    $boot = Format-Instant (Get-CimInstance -ClassName Win32_OperatingSystem).LastBootUpTime
    (Format-StoredInstant $record.setAt) -ge $boot
}

function Invoke-Script {
    $given = Get-Arguments @('computerName', 'vmId', 'values')
    Enter-Lock
    Confirm-ComputerName $given.computerName
    Confirm-MachineId $given.vmId
    Confirm-ActingAllowed
    foreach ($wanted in $given.values) {
        if ($allowedKeys -notcontains $wanted.key -or $allowedNames -notcontains $wanted.name) { Stop-Script 'not-a-tls-value' @{ key = $wanted.key; name = $wanted.name } }
    }
    $changing = @($given.values | Where-Object { -not (Test-Satisfied (Get-Number $_.key $_.name) $_.value) } | ForEach-Object {
            [ordered]@{ key = [string]$_.key; name = [string]$_.name; before = Get-Number $_.key $_.name }
        })
    if ($changing.Count -gt 0) { Write-SetRecord $changing }
    $script:answer.vmId = Get-MachineId
    $script:answer.values = @($given.values | ForEach-Object { Set-Value $_ })
    $script:answer.restartNeeded = [bool](Test-RestartNeeded)
    $script:answer.changes = @($script:changes)
}
