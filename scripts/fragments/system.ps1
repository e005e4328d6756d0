function Get-RegistryValue([string]$Key, [string]$Name) {
    if (-not (Test-Path -LiteralPath $Key)) { return $null }
    Get-PropertyOrNull (Get-ItemProperty -LiteralPath $Key) $Name
}

function Get-OperatingSystem {
    $system = Get-CimInstance -ClassName Win32_OperatingSystem
    [ordered]@{
        caption          = [string]$system.Caption
        version          = [string]$system.Version
        buildNumber      = [string]$system.BuildNumber
        installationType = [string](Get-RegistryValue 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion' 'InstallationType')
    }
}

function Get-PowershellVersion { [string](Get-RegistryValue 'HKLM:\SOFTWARE\Microsoft\PowerShell\3\PowerShellEngine' 'PowerShellVersion') }

# The places where Windows servicing, Windows Update and whoever calls MoveFileEx (Windows Installer does) leave word:
# Microsoft's KB 202071 for the last one, its PendingReboot resource (ComputerManagementDsc) for all three.
function Test-PendingRestart {
    foreach ($key in @('Component Based Servicing\RebootPending', 'WindowsUpdate\Auto Update\RebootRequired')) {
        if (Test-Path -LiteralPath "HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\$key") { return $true }
    }
    $renames = Get-RegistryValue 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager' 'PendingFileRenameOperations'
    @($renames | Where-Object { $_ }).Count -gt 0
}
