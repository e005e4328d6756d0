# What a server is, read and not judged. Each reading by itself: what cannot be read is said by name and reason, and judged as that.
$script:unread = @()

function Add-Unread([string]$Check, [string]$Reason) {
    $script:unread += [ordered]@{ check = $Check; reason = Get-Short (ConvertTo-Ascii $Reason) }
}

function Read-Fact([string]$Check, [scriptblock]$Look) {
    try { & $Look } catch { Add-Unread $Check $_.Exception.Message }
}

# A repository of WMI that is damaged can hang as well as fail.
function Get-Instance([string]$Class, [string]$Filter) {
    if ($Filter) { Get-CimInstance -ClassName $Class -Filter $Filter -OperationTimeoutSec 20 } else { Get-CimInstance -ClassName $Class -OperationTimeoutSec 20 }
}

$windowsKey = 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'

# UBR is the number behind the build: 26100.6901 is what KB5070773 makes of Windows Server 2025 (its own title).
function Get-WindowsAnswer {
    $revision = Read-Fact 'revision' { Get-RegistryValue $windowsKey 'UBR' }
    $type = Read-Fact 'windows' { (Get-Instance 'Win32_OperatingSystem').ProductType }
    if ($null -eq $revision -and @($script:unread | Where-Object { $_.check -eq 'revision' }).Count -eq 0) { Add-Unread 'revision' "$windowsKey has no value UBR" }
    [ordered]@{
        revision = if ($null -eq $revision) { $null } else { [int]$revision }
        # 1 is a workstation, 2 a domain controller, 3 a server.
        productType = if ($null -eq $type) { $null } else { [int]$type }
    }
}

function Get-HardwareAnswer($Computer) {
    $processor = Read-Fact 'processor' { Get-Instance 'Win32_Processor' | Select-Object -First 1 }
    $tpm = Read-Fact 'tpm' { Get-Tpm }
    $memory = Get-PropertyOrNull $Computer 'TotalPhysicalMemory'
    if ($null -eq $memory) { Add-Unread 'memory' 'Win32_ComputerSystem does not say TotalPhysicalMemory' }
    [ordered]@{
        memoryGiB  = if ($null -eq $memory) { $null } else { [math]::Round([double]$memory / 1GB, 2) }
        processors = if ($null -eq (Get-PropertyOrNull $Computer 'NumberOfLogicalProcessors')) { $null } else { [int]$Computer.NumberOfLogicalProcessors }
        megahertz  = if ($null -eq $processor) { $null } else { [int]$processor.MaxClockSpeed }
        tpmPresent = if ($null -eq $tpm) { $null } else { [bool]$tpm.TpmPresent }
        tpmReady   = if ($null -eq $tpm) { $null } else { [bool]$tpm.TpmReady }
    }
}

# Two voices, as neither is known to be right in a session without network credentials. Test-ComputerSecureChannel asks
# Netlogon; nltest prints a status for the connection and one for the trust, each `= 0 0x0 NERR_Success` when all is well
# (Microsoft's page on group managed accounts in containers shows both lines), and can end with 0 although one of them is not.
function Get-SecureChannelAnswer([string]$Domain) {
    $test = Read-Fact 'secureChannel' { [bool](Test-ComputerSecureChannel) }
    $verify = Read-Fact 'secureChannel' {
        $lines = @(& nltest.exe "/sc_verify:$Domain")
        $code = $LASTEXITCODE
        $statuses = @([regex]::Matches(($lines -join "`n"), '= (\d+) 0x[0-9a-fA-F]+') | ForEach-Object { $_.Groups[1].Value })
        if ($statuses.Count -eq 0) { throw "nltest gave no status (exit code $code)" }
        $code -eq 0 -and @($statuses | Where-Object { $_ -ne '0' }).Count -eq 0
    }
    [ordered]@{ test = $test; verify = $verify }
}

# The documented values, as they stand; nothing where one is not set.
function Get-TlsAnswer($Values) {
    @($Values | ForEach-Object {
            $wanted = $_
            $found = Read-Fact 'tls' {
                $value = Get-RegistryValue $wanted.key $wanted.name
                if ($null -ne $value) { [int]$value }
            }
            [ordered]@{ key = [string]$wanted.key; name = [string]$wanted.name; found = $found }
        })
}

# A proxy's address can hold a user and a password, with http:// before them or without: they stay here.
function Remove-UserInfo([string]$Text) { $Text -replace '^([^/]*//)?.*@', '$1' }

# The wizard and the engine read machine.config, nothing else (Microsoft's prerequisites page, "Connectivity"). The proxy's
# address, or that of a script which gives one (Microsoft's page on the proxy element of the network settings schema).
function Get-ProxyAnswer {
    $machine = Read-Fact 'proxy' {
        $document = [xml](Get-Content -LiteralPath 'C:\Windows\Microsoft.NET\Framework64\v4.0.30319\Config\machine.config' -Raw)
        $proxy = $document.SelectSingleNode("/*/*[local-name()='system.net']/*[local-name()='defaultProxy' and not(@enabled='false')]/*[local-name()='proxy']")
        $address = ''
        if ($null -ne $proxy) { $address = [string]$proxy.GetAttribute('proxyaddress') }
        if ($null -ne $proxy -and -not $address) { $address = [string]$proxy.GetAttribute('scriptLocation') }
        Get-Short (ConvertTo-Ascii (Remove-UserInfo $address))
    }
    # netsh speaks the system's language; what looks like host:port is the proxy in all of them.
    $winHttp = Read-Fact 'proxy' {
        $lines = @(& netsh.exe winhttp show proxy)
        if ($LASTEXITCODE -ne 0) { throw "netsh winhttp show proxy ended with $LASTEXITCODE" }
        $found = [regex]::Match(($lines -join "`n"), '(?:[=;\s]|//)([A-Za-z0-9][A-Za-z0-9.-]*:\d{1,5})(?![\w:@.-])')
        if ($found.Success) { $found.Groups[1].Value } else { '' }
    }
    [ordered]@{ machineConfig = $machine; winHttp = $winHttp }
}

# Windows' own product among what is licensed: the application id is that of Windows, on every edition.
function Get-LicenceAnswer {
    Read-Fact 'licence' {
        $products = @(Get-Instance 'SoftwareLicensingProduct' "ApplicationID='55c92734-d682-4d71-983e-d6ec3f16059f' AND PartialProductKey IS NOT NULL")
        if ($products.Count -eq 0) { throw 'no product key is installed' }
        # An extension of support has a key of its own: Windows is licensed where one of them is.
        if (@($products | Where-Object { [int]$_.LicenseStatus -eq 1 }).Count -gt 0) { 1 } else { [int]$products[0].LicenseStatus }
    }
}

function Get-OtherEngine {
    foreach ($name in @('FIMSynchronizationService', 'FIMService', 'AADConnectProvisioningAgent')) {
        $service = Get-Instance 'Win32_Service' "Name='$name'"
        if ($null -ne $service) { $name }
    }
    # A service of that name without the package is the rest of another installation.
    if ($null -ne (Get-SynchronizationService) -and $null -eq (Get-ConnectPackage)) { 'ADSync' }
}

function Get-PowershellAnswer {
    $policies = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\PowerShell'
    $policy = Read-Fact 'powershell' {
        $found = Get-RegistryValue $policies 'ExecutionPolicy'
        if (-not $found) { $found = Get-RegistryValue 'HKLM:\SOFTWARE\Microsoft\PowerShell\1\ShellIds\Microsoft.PowerShell' 'ExecutionPolicy' }
        [string]$found
    }
    $transcription = Read-Fact 'powershell' { [string](Get-RegistryValue "$policies\Transcription" 'EnableTranscripting') -eq '1' }
    [ordered]@{ executionPolicy = $policy; transcription = $transcription }
}

function Get-NameAnswer {
    $suffix = Read-Fact 'names' { [string](Get-RegistryValue 'HKLM:\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters' 'Domain') }
    $netBios = Read-Fact 'names' { @(Get-Instance 'Win32_NTDomain' | Where-Object { $_.DnsForestName -and $_.DomainName } | ForEach-Object { [string]$_.DomainName } | Sort-Object -Unique) }
    [ordered]@{ dnsSuffix = $suffix; netBios = @($netBios | Where-Object { $_ }) }
}

function Get-EnhancedSecurity {
    Read-Fact 'internetExplorer' {
        [string](Get-RegistryValue 'HKLM:\SOFTWARE\Microsoft\Active Setup\Installed Components\{A509B1A7-37EF-4b3f-8CFC-4F3A74704073}' 'IsInstalled') -eq '1'
    }
}
