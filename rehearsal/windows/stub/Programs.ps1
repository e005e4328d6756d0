# Programs that scripts start. Part of Windows.psm1.

function Start-Process {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)][string]$FilePath, [string[]]$ArgumentList = @(), [switch]$Wait, [switch]$PassThru, [switch]$NoNewWindow
    )
    switch ($FilePath) {
        'C:\Windows\System32\msiexec.exe' { $code = Install-StandIn $ArgumentList; break }
        'C:\Windows\System32\OpenSSH\sshd.exe' {
            $configuration = [regex]::Match(($ArgumentList -join ' '), '^-t -f (C:\\.+)$').Groups[1].Value
            if (-not $configuration -or -not (Test-Path -LiteralPath (ConvertTo-Path $configuration))) { throw "sshd.exe is simulated only with -t -f and a file, not with $ArgumentList" }
            $code = Get-Entry (Read-World).peculiarities 'sshdTestExitCode'
            if ($null -eq $code) { $code = 0 }
            break
        }
        default { throw "This command cannot be run due to the error: the simulated machine has no program $FilePath." }
    }
    if (-not $PassThru) { return }
    $process = [pscustomobject]@{ ExitCode = [int]$code; HasExited = $true; Handle = 1 }
    Microsoft.PowerShell.Utility\Add-Member -InputObject $process -MemberType ScriptMethod -Name WaitForExit -Value { } -PassThru
}

function icacls.exe {
    $words = @($args | ForEach-Object { $_ })
    $allowed = @('/setowner', '/inheritance:r', '/grant:r', '/reset', '/T', '/C', '/Q')
    $path = $words[0]
    foreach ($word in $words) {
        if ($word -like '/*' -and $allowed -notcontains $word) { $global:LASTEXITCODE = 87; return "Invalid parameter `"$word`"" }
    }
    if (-not (Test-Path -LiteralPath (ConvertTo-Path ($path -replace '\\\*$', '')))) { $global:LASTEXITCODE = 2; return "${path}: The system cannot find the file specified." }
    Edit-World { param($world)
        $known = @(Get-Entry $world.accessControl $path) | Where-Object { $null -ne $_ }
        $entry = @($words | Select-Object -Skip 1) -join ' '
        # A reset takes every entry away; the owner stays.
        $kept = @($known | Where-Object { if ($entry -like '/reset*') { $_ -like '/setowner*' } else { $_ -ne $entry } })
        Set-Entry $world.accessControl $path @($kept + @($entry))
        $open = @(Get-Entry $world.peculiarities 'sshFoldersOpen') | Where-Object { $null -ne $_ }
        if ($entry -like '/inheritance:r*' -and @($open) -contains $path) { $world.peculiarities.sshFoldersOpen = @(@($open) | Where-Object { $_ -ne $path }) }
    }
    $global:LASTEXITCODE = 0
}

function w32tm.exe {
    $words = @($args | ForEach-Object { $_ })
    if ($words[0] -ne '/stripchart') { throw 'w32tm is simulated only with /stripchart' }
    $world = Read-World
    $global:LASTEXITCODE = 0
    if ($null -eq $world.clockSkewSeconds) { return 'error: 0x800705B4' }
    $offset = ([double]$world.clockSkewSeconds).ToString('+00.0000000;-00.0000000', [Globalization.CultureInfo]::InvariantCulture)
    "The current time is $(Get-SimulatedTime $world)."
    "12:00:00, ${offset}s"
}
