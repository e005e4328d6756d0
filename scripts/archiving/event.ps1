# One event a run, its message one line of JSON. Windows takes 31,839 characters (monitoring.md section 6).
$eventSource = 'pulumi-entra-connect'
$longestMessage = 31839

# Long lists are cut by count, never in the middle of an entry; the length of the whole list is said.
function ConvertTo-Message($Health) {
    $message = ConvertTo-AsciiJson $Health
    # What is open is the least of what anybody must know.
    $lists = @{ ports = @(@($Health.ports | Where-Object { $_.state -ne 'open' }) + @($Health.ports | Where-Object { $_.state -eq 'open' })); notAvailable = @($Health.notAvailable); permissions = @($Health.permissions) }
    $whole = [ordered]@{}
    foreach ($name in @('ports', 'notAvailable', 'permissions')) {
        $left = $lists[$name].Count
        while ($message.Length -gt $longestMessage -and $left -gt 0) {
            $left = [int][math]::Floor($left / 2)
            $whole[$name] = $lists[$name].Count
            $Health.$name = @($lists[$name] | Select-Object -First $left)
            $Health.shortened = $whole
            $message = ConvertTo-AsciiJson $Health
        }
    }
    $message
}

function Write-RunEvent([int]$Id, [string]$EntryType, [string]$Message) {
    try {
        Write-EventLog -LogName Application -Source $eventSource -EventId $Id -EntryType $EntryType -Message $Message
        $true
    } catch {
        [Console]::Error.WriteLine((ConvertTo-Ascii "The event $Id could not be written: $($_.Exception.Message) $again"))
        $false
    }
}
