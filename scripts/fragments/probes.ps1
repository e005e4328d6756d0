# Connections that are tried all at once under one deadline: thirty silent targets cost as long as one.
$connectSeconds = 10
$handshakeSeconds = 10

function Get-MillisecondsLeft([datetime]$Until) { [int][math]::Max(0, ($Until - (Get-Date)).TotalMilliseconds) }

# Waiting for a task that has failed throws; that is an answer too.
function Wait-Attempt($Attempt, [datetime]$Until) {
    try { [bool]$Attempt.Wait((Get-MillisecondsLeft $Until)) } catch { $false }
}

function Get-AttemptFailure($Attempt, [int]$Seconds) {
    $failure = Get-PropertyOrNull $Attempt 'Exception'
    if ($null -eq $failure) { return "no answer within $Seconds seconds" }
    Get-Short (ConvertTo-Ascii $failure.GetBaseException().Message)
}

function New-Try([string]$Address, [int]$Port, $Client, $Attempt, [string]$Failure) {
    @{ Host = $Address; Port = $Port; Client = $Client; Attempt = $Attempt; Failure = $Failure; Open = $false; Stream = $null; Handshake = $null }
}

function Start-Connection([string]$Address, [int]$Port) {
    $client = New-Object -TypeName System.Net.Sockets.TcpClient
    New-Try $Address $Port $client $client.ConnectAsync($Address, $Port) ''
}

# The time of a domain controller (UDP 123): one request of the network time protocol, version 3 as a client (0x1B), sent
# twice since one datagram can be lost. A domain controller answers anybody.
function Start-TimeRequest([string]$Address, [int]$Port) {
    $client = New-Object -TypeName System.Net.Sockets.UdpClient
    $client.Connect($Address, $Port)
    $request = [byte[]](@(27) + @(0) * 47)
    $null = $client.Send($request, 48)
    $null = $client.Send($request, 48)
    New-Try $Address $Port $client $client.ReceiveAsync() ''
}

function Start-Attempt($Target) {
    try {
        if ((Get-PropertyOrNull $Target 'by') -eq 'time') { Start-TimeRequest $Target.host $Target.port } else { Start-Connection $Target.host $Target.port }
    } catch {
        # No route, or no such name: told at once.
        New-Try $Target.host $Target.port $null $null (Get-Short (ConvertTo-Ascii $_.Exception.Message))
    }
}

function Complete-Attempt($Try, [datetime]$Until) {
    $Try.Open = $null -ne $Try.Attempt -and (Wait-Attempt $Try.Attempt $Until)
    if (-not $Try.Open -and $null -ne $Try.Attempt) { $Try.Failure = Get-AttemptFailure $Try.Attempt $connectSeconds }
}

function Close-Attempt($Try) { if ($null -ne $Try.Client) { $Try.Client.Close() } }

# TLS 1.2 and nothing else, checked as every .NET program checks it. Nothing is sent.
function Start-Handshake($Try) {
    try {
        $Try.Stream = New-Object -TypeName System.Net.Security.SslStream -ArgumentList $Try.Client.GetStream(), $false
        $Try.Handshake = $Try.Stream.AuthenticateAsClientAsync($Try.Host, $null, 'Tls12', $false)
    } catch {
        $Try.Handshake = $null
        $Try.Failure = Get-Short (ConvertTo-Ascii $_.Exception.Message)
    }
}

# Who signed a certificate that Windows does not trust: looked at with every certificate accepted, closed at once, nothing sent.
function Get-RefusedCertificate([string]$Address, [int]$Port) {
    $client = New-Object -TypeName System.Net.Sockets.TcpClient
    try {
        $client.ReceiveTimeout = 5000
        $client.SendTimeout = 5000
        if (-not $client.ConnectAsync($Address, $Port).Wait(5000)) { return $null }
        $stream = New-Object -TypeName System.Net.Security.SslStream -ArgumentList $client.GetStream(), $false, { $true }
        $null = $stream.AuthenticateAsClient($Address, $null, 'Tls12', $false)
        $stream.RemoteCertificate
    } catch {
        $null
    } finally {
        $client.Close()
    }
}

# `open`: connected, and no more is asked of that port. `trusted`: TLS with a certificate that Windows trusts. `refused`: connected,
# but no TLS came about. `closed`: nothing answered.
function Get-EndpointAnswer($Tries) {
    $until = (Get-Date).AddSeconds($handshakeSeconds)
    foreach ($try in $Tries) { if ($try.Open -and $try.Port -eq 443) { Start-Handshake $try } }
    $looks = 0
    foreach ($try in $Tries) {
        $certificate = $null
        $state = 'closed'
        $reason = [string]$try.Failure
        if ($try.Open) { $state = 'open'; $reason = '' }
        if ($try.Open -and $try.Port -eq 443) {
            $state = 'refused'
            if ($null -eq $try.Handshake) {
                $reason = [string]$try.Failure
            } elseif (Wait-Attempt $try.Handshake $until) {
                $state = 'trusted'
                $certificate = $try.Stream.RemoteCertificate
            } else {
                $reason = Get-AttemptFailure $try.Handshake $handshakeSeconds
            }
            # A few tell who it is; each can cost as long as the deadline.
            if ($state -eq 'refused' -and $looks -lt 3) { $looks++; $certificate = Get-RefusedCertificate $try.Host $try.Port }
        }
        Close-Attempt $try
        [ordered]@{
            host    = $try.Host
            port    = $try.Port
            state   = $state
            issuer  = if ($null -eq $certificate) { '' } else { Get-Short (ConvertTo-Ascii $certificate.Issuer) }
            subject = if ($null -eq $certificate) { '' } else { Get-Short (ConvertTo-Ascii $certificate.Subject) }
            reason  = $reason
        }
    }
}

# By host, since most of a row would be its address: many controllers times many ports must fit into one line.
function Get-PortAnswer($Tries) {
    $hosts = [ordered]@{}
    foreach ($try in $Tries) {
        Close-Attempt $try
        if (-not $hosts.Contains($try.Host)) { $hosts[$try.Host] = @{ open = @(); closed = @() } }
        if ($try.Open) { $hosts[$try.Host].open += $try.Port } else { $hosts[$try.Host].closed += $try.Port }
    }
    foreach ($name in @($hosts.Keys)) { [ordered]@{ host = [string]$name; open = @($hosts[$name].open); closed = @($hosts[$name].closed) } }
}

function Get-Reachability($Ports, $Endpoints) {
    $toPorts = @($Ports | ForEach-Object { Start-Attempt $_ })
    $toEndpoints = @($Endpoints | ForEach-Object { Start-Attempt $_ })
    $until = (Get-Date).AddSeconds($connectSeconds)
    foreach ($try in $toPorts + $toEndpoints) { Complete-Attempt $try $until }
    @{ ports = @(Get-PortAnswer $toPorts); endpoints = @(Get-EndpointAnswer $toEndpoints) }
}
