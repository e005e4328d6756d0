# An exception of the settings counts on exactly one machine, with a reason, and to the end of its last day in UTC by this
# server's clock. One that does not count is told of where its absence matters: in the refusal.

# The day, or nothing where the text is none.
function ConvertTo-Day([string]$Text) {
    try { [datetime]::ParseExact($Text, 'yyyy-MM-dd', [Globalization.CultureInfo]::InvariantCulture) } catch { return }
}

function Test-DayOver([datetime]$Day) { (Get-Date).ToUniversalTime().Date -gt $Day }

# Why it does not count; nothing where it does.
function Get-ExceptionObjection($Exception) {
    $until = [string](Get-PropertyOrNull $Exception 'until')
    $day = ConvertTo-Day $until
    $machine = [string](Get-PropertyOrNull $Exception 'vmId')
    if (-not ([string](Get-PropertyOrNull $Exception 'reason')).Trim()) { return 'it gives no reason' }
    if (-not (Test-MachineId $machine)) { return "it is for the machine '$machine', and this one is $(Get-MachineId)" }
    if ($null -eq $day) { return "its last day '$until' is no day (yyyy-MM-dd)" }
    if (Test-DayOver $day) { return "it ended with $until (UTC), and this server's clock says $(Format-Instant (Get-Date))" }
}

function Get-CountingException($Exceptions, [string]$Kind) {
    foreach ($exception in @($Exceptions)) {
        if ([string](Get-PropertyOrNull $exception 'kind') -cne $Kind) { continue }
        $objection = Get-ExceptionObjection $exception
        if ($null -eq $objection) { return $exception }
        Add-Note "The exception '$Kind' in the settings does not count: $objection."
    }
}

# What is kept of it beside the evidence.
function Get-ExceptionRecord($Exception) {
    [ordered]@{
        kind = [string]$Exception.kind; reason = [string]$Exception.reason; until = [string]$Exception.until; vmId = [string]$Exception.vmId
    }
}
