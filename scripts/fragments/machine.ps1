# Azure's vmId is the SMBIOS UUID; some readers see its first three groups with their bytes turned round.
function Get-MachineId {
    $product = Get-CimInstance -ClassName Win32_ComputerSystemProduct
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

function Confirm-ComputerName([string]$Expected) {
    $found = [string](Get-CimInstance -ClassName Win32_ComputerSystem).Name
    if ($found -ne $Expected) { Stop-Script 'not-this-machine' @{ expected = $Expected; found = $found } }
}

function Confirm-MachineId([string]$Expected) {
    $found = Get-MachineId
    $wanted = $Expected.ToLowerInvariant()
    if ($found -ne $wanted -and (Get-TurnedId $found) -ne $wanted) {
        Stop-Script 'not-this-machine' @{ expected = $wanted; found = $found }
    }
}
