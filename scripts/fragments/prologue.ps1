$script:refusal = $null
$script:lock = $null
$script:lockHeld = $false
$script:changes = @()
$script:warnings = @()
$script:notes = @()
$script:advice = @()
$script:known = @{}
$script:answer = [ordered]@{}

function Add-Change([string]$Text) { $script:changes += $Text }

function Add-Warning([string]$Text) { $script:warnings += (ConvertTo-Ascii $Text) }

# Said between the reason and the advice of a refusal, where there is one.
function Add-Note([string]$Text) { $script:notes += $Text }

# One row of a table of known causes: its cause is noted, its remedy comes first of what to do.
function Add-Cause($Row) {
    $note = "Known cause: $($Row.cause)"
    if ($script:notes -contains $note) { return }
    Add-Note $note
    $script:advice += [string]$Row.remedy
}

# The rows of a table whose pattern fits the text, in the table's order; general ones where no other fits.
function Find-Cause($Table, [string]$Text) {
    $fitting = @($Table | Where-Object { $Text -match $_.pattern })
    $particular = @($fitting | Where-Object { (Get-PropertyOrNull $_ 'general') -ne $true })
    if ($particular.Count -gt 0) { $particular } else { $fitting }
}

# Stops with one of the texts of refusals.json. Nothing is answered, so nothing is stored.
function Stop-Script([string]$Code, [hashtable]$Values = @{}) {
    $script:refusal = @{ Code = $Code; Values = $Values }
    throw "refused: $Code"
}

function Write-ErrorLine([string]$Text) { [Console]::Error.WriteLine((ConvertTo-Ascii $Text)) }

# Says what happened, why, and what to do next; gives the exit code.
function Write-Failure($Failure) {
    if ($null -eq $script:refusal) {
        $where = 'line {0}' -f $Failure.InvocationInfo.ScriptLineNumber
        $code = 'unexpected'
        # Identity and services are read through CIM; where that fails, nothing is known and nothing was done.
        if ([string](Get-PropertyOrNull $Failure.InvocationInfo.MyCommand 'Name') -eq 'Get-CimInstance') { $code = 'wmi-fails' }
        $script:refusal = @{ Code = $code; Values = @{ reason = $Failure.Exception.Message; where = $where } }
    }
    $values = $script:known + @{}
    foreach ($key in @($script:refusal.Values.Keys)) { $values[$key] = $script:refusal.Values[$key] }
    $text = $refusalTexts.($script:refusal.Code)
    $next = @($script:advice) + @($text.next)
    $lines = @("What: $($text.what)", "Why: $($text.why)") + @($script:notes | ForEach-Object { "Note: $_" }) + @($next | ForEach-Object { "Next: $_" })
    Write-ErrorLine "$scriptName on $env:COMPUTERNAME stopped [$($script:refusal.Code)]"
    foreach ($line in $lines) {
        foreach ($key in @($values.Keys)) { $line = $line.Replace('{' + $key + '}', [string]$values[$key]) }
        Write-ErrorLine $line
    }
    $code = Get-PropertyOrNull $text 'exitCode'
    if ($null -eq $code) { 1 } else { [int]$code }
}

# The last line of standard output. A line of 64 KB would hang the client (it logs line by line).
function Write-Answer {
    $answer = [ordered]@{
        script       = $scriptName
        collectedAt  = Format-Instant (Get-Date)
        warnings     = @($script:warnings)
        computerName = $env:COMPUTERNAME
    }
    foreach ($key in @($script:answer.Keys)) { $answer[$key] = $script:answer[$key] }
    $line = ConvertTo-AsciiJson $answer
    if ($line.Length -gt 60000) { Stop-Script 'answer-too-long' @{ length = $line.Length } }
    [Console]::Out.WriteLine($line)
}
