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
