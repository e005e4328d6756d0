# Jobs. What a block of ours starts in one goes on in the engine; so the block runs at once, and the job is over when that is.
# Part of Windows.psm1.

function Start-Job {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, Position = 0)][scriptblock]$ScriptBlock, [object[]]$ArgumentList = @())
    $job = [pscustomobject]@{ Id = 1; State = 'Running'; Output = @(); Failure = $null; FinishesAt = $null }
    $env:REHEARSAL_JOB = '1'
    try { $job.Output = @(& $ScriptBlock @ArgumentList) } catch { $job.Failure = $_ } finally { $env:REHEARSAL_JOB = '' }
    $ends = @(Get-Entry (Read-World).adsync 'runHistory' | Where-Object { $null -ne $_ } | ForEach-Object { Get-Entry $_ 'finishesAt' } | Where-Object { $_ } | Sort-Object)
    if ($ends.Count -gt 0 -and $null -eq $job.Failure) { $job.FinishesAt = ConvertTo-Instant $ends[-1] }
    $job
}

# Nothing where the time is up first, as the genuine one.
function Wait-Job {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, Position = 0)]$Job, [int]$Timeout = -1)
    $world = Read-World
    $left = 0
    if ($null -ne $Job.FinishesAt) { $left = ($Job.FinishesAt - (Get-SimulatedTime $world)).TotalSeconds }
    $wait = $left
    if ($Timeout -ge 0 -and $Timeout -lt $left) { $wait = $Timeout }
    if ($wait -gt 0) { [System.Threading.Thread]::Sleep([int][math]::Ceiling(1000 * $wait / $world.clock.scale)) }
    if ($null -ne $Job.FinishesAt -and (Get-SimulatedTime (Read-World)) -lt $Job.FinishesAt) { return }
    $Job.State = 'Completed'
    if ($null -ne $Job.Failure) { $Job.State = 'Failed' }
    $Job
}

function Receive-Job {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, Position = 0)]$Job)
    if ($null -ne $Job.Failure) { throw $Job.Failure }
    $Job.Output
}

function Remove-Job {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, Position = 0)]$Job, [switch]$Force)
}
