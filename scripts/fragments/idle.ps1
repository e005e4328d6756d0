# Waits until nobody runs; $Before is asked before every look. Whether there was anything to wait for.
function Wait-Idle([int]$Minutes, [scriptblock]$Before = { }) {
    $began = Get-Date
    $met = $false
    while ($true) {
        $null = & $Before
        $who = Get-WhoRuns
        if (-not $who) { return $met }
        $met = $true
        $waited = Get-MinutesSince $began
        if ($waited -ge $Minutes) { Stop-Script 'run-in-progress' @{ who = $who; minutes = $Minutes } }
        Write-Progressing "$who; waited $waited of $Minutes min for it"
        Start-Sleep -Seconds 60
    }
}
