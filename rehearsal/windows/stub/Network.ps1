# The network as the machine sees it: never dials, the world says who would answer. Part of Windows.psm1.

$script:firstTried = @{}

function Test-Reachable([string]$Address, [int]$Port) {
    $world = Read-World
    if (Get-Entry $world 'cutOff') { return $false }
    if (-not $firstTried.ContainsKey($Port)) { $firstTried[$Port] = $Address }
    if (@(Get-Entry $world.surroundings 'closedEverywhere') -contains $Port) { return $false }
    if (@($world.surroundings.closedAtFirst) -contains $Port -and $firstTried[$Port] -eq $Address) { return $false }
    foreach ($entry in @($world.reachable)) {
        $host_, $port_ = $entry -split ':', 2
        if (($host_ -eq '*' -or $host_ -eq $Address) -and ($port_ -eq '*' -or $port_ -eq [string]$Port)) { return $true }
    }
    $false
}

# A task: it is waited for, and one that has failed throws what it failed of.
function New-TaskStandIn([bool]$Done, [string]$Failure) {
    $exception = $null
    if ($Failure) { $exception = [System.AggregateException]::new([System.InvalidOperationException]::new($Failure)) }
    $task = [pscustomobject]@{ Done = $Done; Exception = $exception }
    Microsoft.PowerShell.Utility\Add-Member -InputObject $task -MemberType ScriptMethod -Name Wait -PassThru -Value {
        param($milliseconds)
        if ($null -ne $this.Exception) { throw $this.Exception }
        $this.Done
    }
}

function New-ConnectionStandIn {
    $client = [pscustomobject]@{ ReceiveTimeout = 0; SendTimeout = 0 }
    Microsoft.PowerShell.Utility\Add-Member -InputObject $client -MemberType ScriptMethod -Name ConnectAsync -Value {
        param($address, $port)
        New-TaskStandIn (Test-Reachable $address $port) ''
    }
    Microsoft.PowerShell.Utility\Add-Member -InputObject $client -MemberType ScriptMethod -Name GetStream -Value { $this }
    Microsoft.PowerShell.Utility\Add-Member -InputObject $client -MemberType ScriptMethod -Name Close -Value { } -PassThru
}

function New-DatagramStandIn {
    $client = [pscustomobject]@{ Address = ''; Port = 0; Sent = $null }
    Microsoft.PowerShell.Utility\Add-Member -InputObject $client -MemberType ScriptMethod -Name Connect -Value {
        param($address, $port)
        $this.Address = $address
        $this.Port = $port
    }
    Microsoft.PowerShell.Utility\Add-Member -InputObject $client -MemberType ScriptMethod -Name Send -Value {
        param($bytes, $length)
        $this.Sent = $bytes
        $length
    }
    # A time server answers a request of 48 bytes that says: version 3, client.
    Microsoft.PowerShell.Utility\Add-Member -InputObject $client -MemberType ScriptMethod -Name ReceiveAsync -Value {
        $asked = $this.Port -eq 123 -and @($this.Sent).Count -eq 48 -and $this.Sent[0] -eq 27
        New-TaskStandIn ($asked -and (Test-Reachable $this.Address $this.Port)) ''
    }
    Microsoft.PowerShell.Utility\Add-Member -InputObject $client -MemberType ScriptMethod -Name Close -Value { } -PassThru
}

# With a callback of its own every certificate is accepted, as the callback says.
function New-HandshakeStandIn($Given) {
    $stream = [pscustomobject]@{ Accepts = @($Given).Count -gt 2 -and (& $Given[2]); RemoteCertificate = $null }
    $authenticate = {
        param($name, $certificates, $protocol, $revocation)
        if ($protocol -ne 'Tls12') { throw "the simulated machine speaks no $protocol" }
        $around = (Read-World).surroundings
        if (-not $around.issuerTrusted -and -not $this.Accepts) { return New-TaskStandIn $true 'The remote certificate is invalid according to the validation procedure.' }
        $this.RemoteCertificate = [pscustomobject]@{ Issuer = $around.issuer; Subject = "CN=$name" }
        New-TaskStandIn $true ''
    }
    Microsoft.PowerShell.Utility\Add-Member -InputObject $stream -MemberType ScriptMethod -Name AuthenticateAsClientAsync -Value $authenticate
    Microsoft.PowerShell.Utility\Add-Member -InputObject $stream -MemberType ScriptMethod -Name AuthenticateAsClient -PassThru -Value {
        param($name, $certificates, $protocol, $revocation)
        $null = $this.AuthenticateAsClientAsync($name, $certificates, $protocol, $revocation).Wait(0)
    }
}

function Resolve-DnsName {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, Position = 0)][string]$Name, [string]$Type = 'A', [switch]$DnsOnly)
    if ($Type -ne 'SRV') { throw "the simulated DNS answers no question for $Type" }
    if (Get-Entry (Read-World) 'cutOff') { throw [System.ComponentModel.Win32Exception]::new(9003, "$Name : DNS name does not exist") }
    foreach ($beginning in @((Read-World).surroundings.missingRecords)) {
        if ($beginning -and $Name.StartsWith($beginning)) { throw [System.ComponentModel.Win32Exception]::new(9003, "$Name : DNS name does not exist") }
    }
    [pscustomobject]@{ Name = $Name; Type = 'SRV'; NameTarget = 'dc1.contoso.com'; Port = 389 }
    [pscustomobject]@{ Name = 'dc1.contoso.com'; Type = 'A'; IPAddress = '10.40.0.4' }
}

function Test-ComputerSecureChannel {
    [CmdletBinding()]
    param([string]$Server)
    Test-Channel
}

# The statuses decide: nltest ends with 0 although one of them is not well.
function nltest.exe {
    $words = @($args | ForEach-Object { $_ })
    if ($words[0] -notlike '/sc_verify:*') { throw 'nltest is simulated only with /sc_verify' }
    $status = if (Test-ChannelByNltest) { '0 0x0 NERR_Success' } else { '5 0x5 ERROR_ACCESS_DENIED' }
    $global:LASTEXITCODE = 0
    'Flags: b0 HAS_IP  HAS_TIMESERV '
    'Trusted DC Name \\dc1.contoso.com'
    "Trusted DC Connection Status Status = $status"
    "Trust Verification Status = $status"
    'The command completed successfully'
}

function netsh.exe {
    $words = @($args | ForEach-Object { $_ }) -join ' '
    if ($words -ne 'winhttp show proxy') { throw 'netsh is simulated only with winhttp show proxy' }
    $proxy = (Read-World).surroundings.winHttpProxy
    $global:LASTEXITCODE = 0
    ''
    'Current WinHTTP proxy settings:'
    ''
    if ($proxy) { "    Proxy Server(s) :  $proxy"; '    Bypass List     :  <local>' } else { '    Direct access (no proxy server).' }
}

function Get-Tpm {
    [CmdletBinding()]
    param()
    $world = Read-World
    $fails = Get-ClassFailure $world 'Win32_Tpm'
    if ($fails) { throw $fails }
    $tpm = $world.surroundings.tpm
    [pscustomobject]@{ TpmPresent = $tpm -ne 'none'; TpmReady = $tpm -eq 'ready' }
}
