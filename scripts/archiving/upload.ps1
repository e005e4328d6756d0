# To the archive with the machine's own identity (archive.md sections 3 and 4). It may add a blob and nothing else: neither
# read one nor write over one.
$tokenAddress = 'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fstorage.azure.com%2F'
$requestSeconds = 100

# Of one run together: a role assignment can take ten minutes to count, and the next run goes on where this one gave up.
$script:patienceSeconds = 720

function New-Client([bool]$Direct) {
    Add-Type -AssemblyName System.Net.Http
    [Net.ServicePointManager]::SecurityProtocol = 'Tls12'
    $handler = New-Object -TypeName System.Net.Http.HttpClientHandler
    $handler.AllowAutoRedirect = $false
    # The identity's address is the machine's own; whoever stands between could take the token.
    if ($Direct) { $handler.UseProxy = $false }
    $client = New-Object -TypeName System.Net.Http.HttpClient -ArgumentList $handler
    $client.Timeout = [timespan]::FromSeconds($requestSeconds)
    $client
}

# Status 0: nobody answered; Text says why.
function Send-Request($Client, $Request) {
    try {
        $task = $Client.SendAsync($Request)
        if (-not $task.Wait($requestSeconds * 1000)) { return @{ Status = 0; Text = "no answer within $requestSeconds seconds"; Code = ''; Md5 = $null } }
        $response = $task.Result
        $text = [string]$response.Content.ReadAsStringAsync().Result
        $code = [regex]::Match($text, '<Code>(\w+)</Code>').Groups[1].Value
        @{ Status = [int]$response.StatusCode; Text = $text; Code = $code; Md5 = $response.Content.Headers.ContentMD5 }
    } catch {
        @{ Status = 0; Text = $_.Exception.GetBaseException().Message; Code = ''; Md5 = $null }
    }
}

# Waits before another attempt; false where this run has waited long enough.
function Wait-Patiently([int]$Seconds) {
    if ($Seconds -gt $script:patienceSeconds) { return $false }
    $script:patienceSeconds -= $Seconds
    Start-Sleep -Seconds $Seconds
    $true
}

# In the answer's own words, without what could be a secret in it.
function Get-Said($Answer) {
    if ($Answer.Status -eq 0) { return (Get-Short (ConvertTo-Ascii $Answer.Text)) }
    if ($Answer.Code) { return "$($Answer.Status) $($Answer.Code)" }
    $described = [regex]::Match($Answer.Text, '"error_description"\s*:\s*"([^"]*)"').Groups[1].Value
    Get-Short (ConvertTo-Ascii "$($Answer.Status) $described".Trim())
}

# 404, 410, 429 and 5xx pass by (Microsoft's page on tokens of managed identities); 400 does not: there is no identity.
function Get-Token {
    $client = New-Client $true
    try {
        foreach ($wait in @(2, 5, 15, 30, 60, 0)) {
            $request = New-Object -TypeName System.Net.Http.HttpRequestMessage -ArgumentList ([Net.Http.HttpMethod]::Get), $tokenAddress
            $null = $request.Headers.TryAddWithoutValidation('Metadata', 'true')
            $answer = Send-Request $client $request
            if ($answer.Status -eq 200) {
                $token = [string](Get-PropertyOrNull (ConvertFrom-Json -InputObject $answer.Text) 'access_token')
                if ($token) { return @{ Token = $token; Why = '' } }
                $answer.Text = '"error_description": "the answer holds no access_token"'
            }
            $passes = $answer.Status -eq 0 -or @(404, 410, 429) -contains $answer.Status -or $answer.Status -ge 500
            if (-not $passes -or $wait -eq 0 -or -not (Wait-Patiently $wait)) { break }
        }
    } finally { $client.Dispose() }
    $why = "the machine's identity gave no token: $(Get-Said $answer)"
    if ($answer.Status -eq 400) { $why = "$why; the virtual machine needs a system-assigned identity" }
    @{ Token = ''; Why = $why }
}

# MD5 only tells whether the bytes arrived; where Windows enforces FIPS there is none.
function Get-Md5([byte[]]$Bytes) {
    try {
        $algorithm = [Security.Cryptography.MD5]::Create()
        try { , $algorithm.ComputeHash($Bytes) } finally { $algorithm.Dispose() }
    } catch { return }
}

function New-PutRequest([string]$Address, [string]$Token, [byte[]]$Bytes, $Md5, $Metadata) {
    $request = New-Object -TypeName System.Net.Http.HttpRequestMessage -ArgumentList ([Net.Http.HttpMethod]::Put), $Address
    $headers = [ordered]@{
        'Authorization' = "Bearer $Token"; 'x-ms-version' = '2021-08-06'; 'x-ms-date' = (Get-Date).ToUniversalTime().ToString('R', [Globalization.CultureInfo]::InvariantCulture)
        'x-ms-blob-type' = 'BlockBlob'; 'If-None-Match' = '*'
    }
    foreach ($name in @($Metadata.Keys)) { $headers["x-ms-meta-$name"] = [string]$Metadata[$name] }
    foreach ($name in @($headers.Keys)) { $null = $request.Headers.TryAddWithoutValidation($name, [string]$headers[$name]) }
    $request.Content = New-Object -TypeName System.Net.Http.ByteArrayContent -ArgumentList (, $Bytes)
    $null = $request.Content.Headers.TryAddWithoutValidation('Content-Type', 'application/zip')
    if ($null -ne $Md5) { $request.Content.Headers.ContentMD5 = $Md5 }
    $request
}

# The name is taken. The second is what Azure says to whoever may add and not write over (seen with shared access signatures
# that only create: Azure/azure-cli issue 19203, Azure/azure-storage-azcopy issue 833).
function Test-Taken($Answer) {
    ($Answer.Status -eq 409 -and $Answer.Code -eq 'BlobAlreadyExists') -or ($Answer.Status -eq 403 -and $Answer.Code -eq 'UnauthorizedBlobOverwrite')
}

# `sent`; `there` where an earlier attempt of this run or of one before brought it, whose answer was lost: the name holds
# chain, number and second, and this server wrote down before that it sends it. It cannot be read back; whoever reads compares
# the hash in its metadata. `foreign` where the name is taken and nothing was ever sent; `differs` where what arrived is not
# what was sent; `damaged` where the file here is; else `later`.
function Send-Collection($Client, $Given, [string]$Token, $File) {
    try { $found = Read-Collection $File } catch { return @{ Outcome = 'damaged'; Why = "$($File.Name) is damaged on this server: $($_.Exception.Message)" } }
    $bytes = [IO.File]::ReadAllBytes($File.FullName)
    $md5 = Get-Md5 $bytes
    $metadata = [ordered]@{ sha256 = Get-LowerHash "$queueFolder\$($File.Name)"; manifestsha256 = $found.ManifestSha256; chain = $found.Chain; sequence = $found.Sequence; collectedat = $found.CollectedAt }
    $address = "$($Given.endpoint.TrimEnd('/'))/$($Given.container)/$($found.Name)"
    $tried = Test-Tried $File
    Set-Content -LiteralPath (Get-TriedPath $File) -Value 'sent' -Encoding ascii -NoNewline
    while ($true) {
        $answer = Send-Request $Client (New-PutRequest $address $Token $bytes $md5 $metadata)
        if ($answer.Status -eq 201) {
            if ($null -ne $md5 -and $null -ne $answer.Md5 -and [Convert]::ToBase64String($answer.Md5) -cne [Convert]::ToBase64String($md5)) { return @{ Outcome = 'differs'; Why = "the archive says that other bytes arrived of $($found.Name)" } }
            return @{ Outcome = 'sent'; Why = '' }
        }
        if (Test-Taken $answer) {
            if ($tried) { return @{ Outcome = 'there'; Why = "$($found.Name) was in the archive already: an earlier attempt arrived and its answer did not" } }
            return @{ Outcome = 'foreign'; Why = "the archive has a $($found.Name) that this server never sent" }
        }
        $wait = 0
        # A role assignment counts after up to ten minutes; answers with 5xx and none at all pass by.
        if ($answer.Status -eq 403 -and $answer.Code -eq 'AuthorizationPermissionMismatch') { $wait = 60 }
        if ($answer.Status -eq 0 -or @(408, 429, 500, 502, 503, 504) -contains $answer.Status) { $wait = 20; $tried = $true }
        if ($wait -eq 0 -or -not (Wait-Patiently $wait)) {
            # Refused before anything was written: the name is free as before.
            if (-not $tried) { Remove-Item -LiteralPath (Get-TriedPath $File) -Force }
            return @{ Outcome = 'later'; Why = "the archive $address did not take it: $(Get-Said $answer)" }
        }
    }
}

# Oldest first. Gives why something still waits, or what else is to be known; empty where nothing is to say.
function Send-Queue($Given) {
    $waiting = @(Get-Queued)
    if ($waiting.Count -eq 0) { return '' }
    $token = Get-Token
    if (-not $token.Token) { return $token.Why }
    $said = @()
    $client = New-Client $false
    try {
        foreach ($file in $waiting) {
            $result = Send-Collection $client $Given $token.Token $file
            if ($result.Why) { $said += $result.Why }
            if (@('sent', 'there') -contains $result.Outcome) { Remove-FromQueue $file }
            # Put aside: it would be refused in every run. Its number is missing in the archive from now on, and that is said.
            if (@('damaged', 'differs', 'foreign') -contains $result.Outcome) {
                Move-Item -LiteralPath "$queueFolder\$($file.Name)" -Destination "$queueFolder\$($file.Name).$($result.Outcome)"
                if (Test-Tried $file) { Remove-Item -LiteralPath (Get-TriedPath $file) -Force }
                $said[-1] = "$($said[-1]); it was put aside as $queueFolder\$($file.Name).$($result.Outcome)"
            }
            if ($result.Outcome -eq 'later') { break }
        }
    } finally { $client.Dispose() }
    $said -join '; '
}
