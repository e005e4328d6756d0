# Reads and changes server.json of the simulated machine; rehearsal/windows/serverFiles.ts does the same in TypeScript.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$folder = $env:REHEARSAL_SERVER

function Read-World {
    ConvertFrom-Json -InputObject ([IO.File]::ReadAllText("$folder/server.json")) -DateKind String
}

# A link of ours, or a folder of the TypeScript side.
function Clear-WorldLock([string]$Lock) {
    if ([IO.File]::GetAttributes($Lock) -band [IO.FileAttributes]::ReparsePoint) { [IO.File]::Delete($Lock) } else { [IO.Directory]::Delete($Lock) }
}

# $Change gets the world and changes it in place; what it gives is given on.
function Edit-World([scriptblock]$Change) {
    $lock = "$folder/server.lock"
    # The link leads nowhere: to make one is a single step that fails where anything of that name is, as mkdir's is in TypeScript.
    for ($attempt = 0; ; $attempt++) {
        try {
            $null = [IO.File]::CreateSymbolicLink($lock, 'held')
            break
        } catch [IO.IOException] { }
        # Whoever held it may have been killed.
        if ($attempt -eq 500 -and ([datetime]::UtcNow - [IO.File]::GetLastWriteTimeUtc($lock)).TotalSeconds -gt 10) {
            try { Clear-WorldLock $lock } catch [IO.IOException] { }
            continue
        }
        if ($attempt -gt 1000) { throw "the simulated machine's lock $lock was not released" }
        [System.Threading.Thread]::Sleep(20)
    }
    try {
        $world = Read-World
        $result = & $Change $world
        $temporary = "$folder/server.json.$PID.new"
        [IO.File]::WriteAllText($temporary, "$(ConvertTo-Json -InputObject $world -Depth 20)`n")
        # One rename: Move-Item -Force takes the old one away first, and another process of this machine would find none.
        [IO.File]::Move($temporary, "$folder/server.json", $true)
        $result
    } finally {
        Clear-WorldLock $lock
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
