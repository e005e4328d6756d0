# A line for whoever watches, beside the answer: what is shown while it runs is standard error alone, and the answer is for
# the state. Nobody may be there any more: a dropped connection does not end the script, nor may this.
function Write-Progressing([string]$Text) {
    try { Write-ErrorLine "$scriptName on ${env:COMPUTERNAME}: $Text" } catch { return }
}

function Get-MinutesSince([datetime]$Began) { [int][math]::Floor(((Get-Date).ToUniversalTime() - $Began.ToUniversalTime()).TotalMinutes) }
