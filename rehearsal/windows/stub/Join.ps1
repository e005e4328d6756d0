# The domain: what joins a machine, whose computer account is whose, the restart. Part of Windows.psm1; rehearsal/windows/joining.ts is the same.

$script:netSetupLog = 'C:\Windows\debug\netsetup.log'
$script:nameKey = 'HKLM:\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName'

function Add-NetSetupLine([string]$Text) {
    $file = ConvertTo-Path $netSetupLog
    $null = Microsoft.PowerShell.Management\New-Item -ItemType Directory -Path (Split-Path -Path $file -Parent) -Force
    $time = (Get-SimulatedTime (Read-World)).ToString('MM/dd/yyyy HH:mm:ss:fff', [Globalization.CultureInfo]::InvariantCulture)
    Microsoft.PowerShell.Management\Add-Content -LiteralPath $file -Value "$time $Text"
}

function Get-TraceOf([string]$Text) {
    $hash = [Security.Cryptography.SHA256]::HashData([Text.Encoding]::UTF8.GetBytes($Text))
    [Convert]::ToHexString($hash).ToLowerInvariant()
}

function Get-DirectoryFile { "$(Split-Path -Path $env:REHEARSAL_SERVER -Parent)/.directory.json" }

function Read-Directory {
    if (-not (Test-Path -LiteralPath (Get-DirectoryFile))) { return [pscustomobject]@{} }
    ConvertFrom-Json -InputObject (Microsoft.PowerShell.Management\Get-Content -LiteralPath (Get-DirectoryFile) -Raw)
}

function Get-Account([string]$Name) { Get-Entry (Read-Directory) $Name.ToUpperInvariant() }

function Set-Account([string]$Name, [string]$Trace, [string]$Holder) {
    $directory = Read-Directory
    Set-Entry $directory $Name.ToUpperInvariant() ([pscustomobject]@{ joinedWith = $Trace; holder = $Holder })
    Microsoft.PowerShell.Management\Set-Content -LiteralPath (Get-DirectoryFile) -Value (ConvertTo-Json -InputObject $directory -Compress) -NoNewline
}

# Whether the account of this name still belongs to this machine.
function Test-OwnAccount {
    $world = Read-World
    $account = Get-Account $world.computerName
    $null -eq $account -or $account.holder -eq $world.vmId
}

function Test-Channel { (Read-World).surroundings.secureChannel.test -and (Test-OwnAccount) }

function Test-ChannelByNltest { (Read-World).surroundings.secureChannel.verify -and (Test-OwnAccount) }

# The same texts and lengths as readBlobFile in joining.ts.
function Read-BlobFile([string]$WindowsPath) {
    $bytes = [IO.File]::ReadAllBytes((ConvertTo-Path $WindowsPath))
    if ($bytes.Length -lt 4 -or $bytes[0] -ne 255 -or $bytes[1] -ne 254 -or $bytes[-1] -ne 0 -or $bytes[-2] -ne 0) { return $null }
    try { $inner = [Convert]::FromBase64String([Text.Encoding]::Unicode.GetString($bytes, 2, $bytes.Length - 4)) } catch { return $null }
    $parts = [Text.Encoding]::Unicode.GetString($inner).Split([char]0)
    if ($parts.Count -lt 4 -or $parts[0] -ne 'REHEARSAL-ODJ') { return $null }
    [pscustomobject]@{ domain = $parts[1]; computerName = $parts[2]; password = $parts[3] }
}

function Set-Staged([string]$Domain, [string]$Name, [string]$Secret, [string]$By) {
    if (-not (Test-Path -LiteralPath $nameKey)) { $null = New-Item -Path $nameKey -Force }
    $null = New-ItemProperty -LiteralPath $nameKey -Name ComputerName -Value $Name.ToUpperInvariant() -PropertyType String -Force
    Edit-World { param($world)
        Set-Entry $world 'joining' ([pscustomobject]@{ domain = $Domain; computerName = $Name.ToUpperInvariant(); joinedWith = Get-TraceOf $Secret; by = $By })
    }
    Add-NetSetupLine 'NetpDoDomainJoin: status: 0x0'
}

function djoin.exe {
    $words = @($args | ForEach-Object { [string]$_ })
    if ($words.Count -ne 6 -or $words[0] -ne '/requestODJ' -or $words[1] -ne '/loadfile' -or $words[3] -ne '/windowspath' -or $words[5] -ne '/localos') {
        throw 'djoin is simulated only with /requestODJ /loadfile FILE /windowspath FOLDER /localos'
    }
    $blob = Read-BlobFile $words[2]
    if ($null -eq $blob) { $global:LASTEXITCODE = 87; return 'The parameter is incorrect.' }
    $fails = Get-Entry (Read-World).peculiarities 'joinFails'
    if ($null -ne $fails) {
        Add-NetSetupLine "NetpDoDomainJoin: status: $($fails.code)"
        $global:LASTEXITCODE = [int]$fails.number
        return "djoin failed for $($blob.computerName)."
    }
    $name = $blob.computerName
    $other = Get-Entry (Read-World).peculiarities 'blobOfAnother'
    if ($other) { $name = $other }
    Set-Staged $blob.domain $name $blob.password 'offlineBlob'
    $global:LASTEXITCODE = 0
    'The operation completed successfully.'
}

function Add-Computer {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$DomainName, [string[]]$Options, [pscredential]$Credential, [string]$Server, [switch]$Force)
    if (($Options -join ',') -ne 'UnsecuredJoin,PasswordPass') { throw 'Add-Computer is simulated only with the options UnsecuredJoin and PasswordPass' }
    if ($null -ne $Credential.UserName) { throw 'This command cannot be executed on target computer because the credential names a user.' }
    $world = Read-World
    $name = $world.computerName
    $secret = [Net.NetworkCredential]::new('', $Credential.Password).Password
    $account = Get-Account $name
    $fails = Get-Entry $world.peculiarities 'joinFails'
    # A password that has joined a machine was changed by that machine.
    if ($null -eq $fails -and $null -ne $account -and $account.joinedWith -eq (Get-TraceOf $secret)) { $fails = [pscustomobject]@{ code = '0x52e'; number = 1326 } }
    if ($null -ne $fails) {
        Add-NetSetupLine "NetpJoinDomainOnDs: Function exits with status of: $($fails.code)"
        Add-NetSetupLine "NetpDoDomainJoin: status: $($fails.code)"
        throw "Computer '$name' failed to join domain '$DomainName' from its current workgroup 'WORKGROUP'."
    }
    Set-Account $name (Get-TraceOf $secret) $world.vmId
    Set-Staged $DomainName $name $secret 'machinePassword'
}

# It answers at once; Windows goes down after the delay, by the world's hand.
function shutdown.exe {
    $words = @($args | ForEach-Object { [string]$_ })
    if ($words.Count -ne 5 -or $words[0] -ne '/r' -or $words[1] -ne '/t' -or $words[3] -ne '/d') { throw 'shutdown is simulated only with /r /t SECONDS /d REASON' }
    $refused = Get-Entry (Read-World).peculiarities 'restartRefused'
    if ($null -ne $refused) { $global:LASTEXITCODE = [int]$refused; return }
    $global:LASTEXITCODE = Edit-World { param($world)
        if ($null -ne (Get-Entry $world 'restartAt')) { return 1190 }
        Set-Entry $world 'restartAt' ((Get-SimulatedTime $world).AddSeconds([int]$words[2]).ToString('yyyy-MM-ddTHH:mm:ss.fffZ'))
        0
    }
}

function gpupdate.exe {
    $words = @($args | ForEach-Object { [string]$_ }) -join ' '
    if ($words -notmatch '^/target:computer /wait:\d+$') { throw 'gpupdate is simulated only with /target:computer /wait:SECONDS' }
    $code = Get-Entry (Read-World).peculiarities 'policyFails'
    if ($null -ne $code) { $global:LASTEXITCODE = [int]$code; return 'The processing of Group Policy failed.' }
    Edit-World { param($world)
        $rights = Get-Entry $world.peculiarities 'logonRightsAtRefresh'
        if ($world.domain.joined -and $null -ne $rights) { $world.logonRights = $rights }
    }
    $global:LASTEXITCODE = 0
    'Computer Policy update has completed successfully.'
}
