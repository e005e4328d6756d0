# A line for whoever watches. Nobody may be there any more: a dropped connection does not end the script, nor may this.
function Write-Progressing([string]$Text) {
    try { [Console]::Out.WriteLine((ConvertTo-Ascii "$scriptName on ${env:COMPUTERNAME}: $Text")) } catch { return }
}

function Get-MinutesSince([datetime]$Began) { [int][math]::Floor(((Get-Date).ToUniversalTime() - $Began.ToUniversalTime()).TotalMinutes) }
