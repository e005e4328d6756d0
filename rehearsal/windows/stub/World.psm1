# Reads and changes server.json of the simulated machine; rehearsal/windows/serverFiles.ts does the same in TypeScript.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$folder = $env:REHEARSAL_SERVER

function Read-World {
    ConvertFrom-Json -InputObject (Microsoft.PowerShell.Management\Get-Content -LiteralPath "$folder/server.json" -Raw) -DateKind String
}

# $Change gets the world and changes it in place; what it gives is given on.
function Edit-World([scriptblock]$Change) {
    $lock = "$folder/server.lock"
    $kept = $global:LASTEXITCODE
    # mkdir alone is atomic between processes; the provider looks first and makes then.
    for ($attempt = 0; ; $attempt++) {
        & /bin/mkdir $lock 2>$null
        if ($LASTEXITCODE -eq 0) { break }
        # Whoever held it may have been killed.
        if ($attempt -eq 500 -and (Test-Path -LiteralPath $lock) -and ([datetime]::UtcNow - [IO.Directory]::GetLastWriteTimeUtc($lock)).TotalSeconds -gt 10) {
            Microsoft.PowerShell.Management\Remove-Item -LiteralPath $lock -Force -ErrorAction SilentlyContinue
            continue
        }
        if ($attempt -gt 1000) { throw "the simulated machine's lock $lock was not released" }
        [System.Threading.Thread]::Sleep(20)
    }
    $global:LASTEXITCODE = $kept
    try {
        $world = Read-World
        $result = & $Change $world
        $temporary = "$folder/server.json.$PID.new"
        Microsoft.PowerShell.Management\Set-Content -LiteralPath $temporary -Value (ConvertTo-Json -InputObject $world -Depth 20)
        # One rename: Move-Item -Force takes the old one away first, and another process of this machine would find none.
        [IO.File]::Move($temporary, "$folder/server.json", $true)
        $result
    } finally {
        Microsoft.PowerShell.Management\Remove-Item -LiteralPath $lock -Force
    }
}

function Get-Entry($Object, [string]$Name) {
    if ($null -eq $Object) { return $null }
    $property = $Object.PSObject.Properties[$Name]
    if ($null -ne $property) { $property.Value }
}

function Set-Entry($Object, [string]$Name, $Value) {
    Microsoft.PowerShell.Utility\Add-Member -InputObject $Object -MemberType NoteProperty -Name $Name -Value $Value -Force
}

function ConvertTo-Instant([string]$Text) {
    [datetime]::Parse($Text, [Globalization.CultureInfo]::InvariantCulture, [Globalization.DateTimeStyles]::RoundtripKind).ToUniversalTime()
}

function Get-SimulatedTime($World) {
    $real = ConvertTo-Instant $World.clock.realStart
    $simulated = ConvertTo-Instant $World.clock.simulatedStart
    $passed = [math]::Max(0, ([datetime]::UtcNow - $real).TotalMilliseconds)
    $simulated.AddMilliseconds($passed * $World.clock.scale)
}

function Format-SimulatedTime($World) { (Get-SimulatedTime $World).ToString('yyyy-MM-ddTHH:mm:ss.fffZ') }

# What none of our scripts may ever do. It is done all the same, as the real cmdlet would, so that tests can see it.
function Add-Violation($World, [string]$What) {
    $World.violations = @($World.violations) + @([pscustomobject]@{ at = Format-SimulatedTime $World; what = $What })
}

function ConvertTo-Path([string]$WindowsPath) {
    if ($WindowsPath -notmatch '^[Cc]:[\\/]') { throw "the simulated machine has no $WindowsPath" }
    "$folder/C/" + $WindowsPath.Substring(3).Replace('\', '/')
}

Export-ModuleMember -Function Read-World, Edit-World, Get-Entry, Set-Entry, ConvertTo-Instant, Get-SimulatedTime, Format-SimulatedTime, Add-Violation, ConvertTo-Path
