# Keeps one process of the test PowerShell for many scripts, one after the other: its engine is loaded and compiled once.
# Each script gets what a process of its own would give it: a thread and a session that the host itself makes, the whole environment, the
# folder, the standard streams, the registry. A script that leaves something running takes the process with it, as does one that ends it.
# Requests come on descriptor 3, which no script knows of; the end of a script is told on both streams, behind a mark that none can guess.
$ErrorActionPreference = 'Stop'
$static = [Reflection.BindingFlags]'Static, NonPublic, Public'
$instance = [Reflection.BindingFlags]'Instance, NonPublic, Public'
Microsoft.PowerShell.Core\Import-Module -Name TestRegistry

function Get-HostType([string]$Assembly, [string]$Name) {
    @([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq $Assembly })[0].GetType($Name, $true)
}

$runnerType = Get-HostType 'pwsh' 'PwshTestHost.Runner'
$lineType = Get-HostType 'pwsh' 'PwshTestHost.CommandLine'
. "$PSScriptRoot/Registry.ps1"
$sessions = [Management.Automation.Runspaces.Runspace].GetProperty('RunspaceList', $static)
$words = [string[]]@('-NoProfile', '-NonInteractive', '-File', "$PSScriptRoot/run.ps1")
$ownOut = [Console]::Out
$ownError = [Console]::Error
$protocols = [Net.ServicePointManager]::SecurityProtocol
$folder = [Environment]::CurrentDirectory
$environment = [Environment]::GetEnvironmentVariables()
# What the engine sets in each session.
$environment.Remove('PSModulePath')

function Set-Environment($Given) {
    foreach ($name in @([Environment]::GetEnvironmentVariables().Keys)) {
        if (-not $environment.Contains($name)) { [Environment]::SetEnvironmentVariable($name, [NullString]::Value) }
    }
    foreach ($name in $environment.Keys) { [Environment]::SetEnvironmentVariable($name, $environment[$name]) }
    foreach ($entry in $Given.PSObject.Properties) { [Environment]::SetEnvironmentVariable($entry.Name, $entry.Value) }
}

# A lock that a script held until its end is abandoned, as with the end of a process: no process has this number.
function Clear-Lock([string]$Server) {
    foreach ($file in [IO.Directory]::GetFiles($Server, '*.mutex')) {
        # Another script on the same machine may take, ask for or release it at this moment: for as long it has the file alone.
        for ($try = 1; ; $try++) {
            try {
                if ([IO.File]::ReadAllText($file) -eq [string]$PID) { [IO.File]::WriteAllText($file, '4194305') }
                break
            } catch [IO.FileNotFoundException] {
                break
            } catch [IO.IOException] {
                if ($try -ge 500) { throw }
                [Threading.Thread]::Sleep(10)
            }
        }
    }
}

# Sessions and programs that were left behind would go on beside the next script.
function Test-Alone {
    if ($sessions.GetValue($null).Count -ne 1) { return $false }
    # Not by the threads' lists of children: a child moves from one to another when its thread ends, and is missed.
    foreach ($process in [IO.Directory]::GetDirectories('/proc', '*')) {
        if (-not [char]::IsDigit($process[6])) { continue }
        try { $said = [IO.File]::ReadAllText("$process/stat") } catch { continue }
        $state, $parent = $said.Substring($said.LastIndexOf(')') + 2).Split(' ')[0..1]
        if ($parent -eq [string]$PID -and $state -ne 'Z') { return $false }
    }
    $true
}

function Invoke-Script($Request) {
    Set-Environment $Request.environment
    [Environment]::CurrentDirectory = $folder
    [Net.ServicePointManager]::SecurityProtocol = $protocols
    [Console]::SetIn([IO.StringReader]::new([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($Request.input))))
    Reset-Registry
    $line = $lineType.GetMethod('Parse', $static).Invoke($null, @(, $words))
    $runner = [Activator]::CreateInstance($runnerType, $instance, $null, @($line), $null)
    $run = [Delegate]::CreateDelegate([Func[int]], $runner, $runnerType.GetMethod('Run', $instance))
    $code = [Threading.Tasks.Task]::Factory.StartNew($run, [Threading.Tasks.TaskCreationOptions]::LongRunning).GetAwaiter().GetResult()
    $runnerType.GetField('_runspace', $instance).GetValue($runner).Dispose()
    # The host waits for Ctrl-C, which would keep the session in memory.
    [Console]::remove_CancelKeyPress([Delegate]::CreateDelegate([ConsoleCancelEventHandler], $runner, $runnerType.GetMethod('OnCancel', $instance)))
    [Console]::SetOut($ownOut)
    [Console]::SetError($ownError)
    Clear-Lock $Request.environment.REHEARSAL_SERVER
    $code
}

trap {
    $ownError.WriteLine("the process that keeps the test PowerShell failed: $_ $($_.ScriptStackTrace)")
    [Environment]::Exit(96)
}
$requests = [IO.StreamReader]::new([IO.FileStream]::new([Microsoft.Win32.SafeHandles.SafeFileHandle]::new([IntPtr]3, $true), 'Read'))
while ($null -ne ($text = $requests.ReadLine())) {
    $request = ConvertFrom-Json -InputObject $text -DateKind String
    $code = Invoke-Script $request
    $alone = [int](Test-Alone)
    foreach ($stream in $ownOut, $ownError) {
        $stream.Write("$($request.mark) $code $alone`n")
        $stream.Flush()
    }
    if (-not $alone) { break }
}
[Environment]::Exit(0)
