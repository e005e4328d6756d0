# Services of the simulated machine. Part of Windows.psm1.

function Get-Service {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, Position = 0)][string]$Name)
    $service = Get-Entry (Read-World).services $Name
    if ($null -eq $service) { Deny-Missing $PSCmdlet "Cannot find any service with service name '$Name'."; return }
    [pscustomobject]@{ Name = $Name; DisplayName = $service.displayName; Status = $service.status; StartType = $service.startType }
}

function Get-KnownService($World, [string]$Name) {
    $service = Get-Entry $World.services $Name
    if ($null -eq $service) { throw "Cannot find any service with service name '$Name'." }
    $service
}

function Set-Service {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, Position = 0)][string]$Name, [Parameter(Mandatory = $true)][ValidateSet('Automatic', 'Manual', 'Disabled')][string]$StartupType)
    Edit-World { param($world) (Get-KnownService $world $Name).startType = $StartupType }
}

function Start-Service {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, Position = 0)][string]$Name)
    Edit-World { param($world)
        $service = Get-KnownService $world $Name
        if ($service.startType -eq 'Disabled') { throw "Service '$($service.displayName) ($Name)' cannot be started due to the following error: Cannot start service '$Name' on computer '.'." }
        $refused = Get-Entry $world.peculiarities 'serviceDoesNotStart'
        if ($Name -eq 'ADSync' -and $refused) { throw $refused }
        # The folder that sshd makes itself at its first start is no harm.
        if ($Name -eq 'sshd') {
            foreach ($open in @(Get-Entry $world.peculiarities 'sshFoldersOpen')) {
                if ($open -and (Test-Path -LiteralPath (ConvertTo-Path $open))) { throw "Failed to start service '$($service.displayName) ($Name)'." }
            }
        }
        $service.status = 'Running'
    }
    if ($Name -eq 'sshd') { Initialize-Sshd }
}

function Stop-Service {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, Position = 0)][string]$Name, [switch]$Force)
    Edit-World { param($world)
        $service = Get-KnownService $world $Name
        $refused = Get-Entry $world.peculiarities 'serviceStopRefused'
        if ($Name -eq 'ADSync' -and $refused) { throw $refused }
        if ($Name -eq 'ADSync' -and (Get-Entry $world.peculiarities 'serviceDoesNotStop')) { return }
        $service.status = 'Stopped'
    }
}

function Restart-Service {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, Position = 0)][string]$Name, [switch]$Force)
    Stop-Service -Name $Name -Force:$Force
    Start-Service -Name $Name
}

function Add-WindowsCapability {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][switch]$Online, [Parameter(Mandatory = $true)][string]$Name)
    $refused = Get-Entry (Read-World).peculiarities 'capabilityRefused'
    if ($refused) { throw $refused }
    $cutOff = Get-Entry (Read-World) 'cutOff'
    if ($cutOff) { throw $cutOff }
    if ($Name -ne 'OpenSSH.Server~~~~0.0.1.0') { throw "the simulated machine does not know the capability $Name" }
    Edit-World { param($world)
        if (@($world.capabilities) -notcontains $Name) { $world.capabilities = @($world.capabilities) + @($Name) }
        if ($null -eq (Get-Entry $world.services 'sshd')) {
            Set-Entry $world.services 'sshd' ([pscustomobject]@{
                    displayName = 'OpenSSH SSH Server'; status = 'Stopped'; startType = 'Manual'; account = 'LocalSystem'
                    path = 'C:\Windows\System32\OpenSSH\sshd.exe'
                })
        }
        [pscustomobject]@{ Online = $true; RestartNeeded = $false }
    }
}

# What the first start makes: the folder, the configuration and the machine's own host key.
function Initialize-Sshd {
    $ssh = ConvertTo-Path 'C:\ProgramData\ssh'
    $null = Microsoft.PowerShell.Management\New-Item -ItemType Directory -Path "$ssh/logs" -Force
    if (-not (Test-Path -LiteralPath "$ssh/sshd_config")) {
        Microsoft.PowerShell.Management\Copy-Item -LiteralPath "$PSScriptRoot/sshd_config_default" -Destination "$ssh/sshd_config"
    }
    if (-not (Test-Path -LiteralPath "$ssh/ssh_host_ed25519_key.pub")) {
        Microsoft.PowerShell.Management\Copy-Item -LiteralPath "$env:REHEARSAL_SERVER/ssh/ssh_host_ed25519_key.pub" -Destination "$ssh/ssh_host_ed25519_key.pub"
    }
}
