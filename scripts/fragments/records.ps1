# Asked of the server's own DNS, as the wizard asks. 9003: there is no such name; 9501: no such record.
# What else fails (no DNS server answers) would fail for every name, each time after as long a wait.
function Get-RecordAnswer([string[]]$Names) {
    $silent = $false
    foreach ($name in $Names) {
        $count = $null
        if (-not $silent) {
            try {
                $found = @(Resolve-DnsName -Name $name -Type SRV -DnsOnly | Where-Object { [string](Get-PropertyOrNull $_ 'Type') -eq 'SRV' })
                $count = $found.Count
            } catch {
                $code = Get-PropertyOrNull $_.Exception 'NativeErrorCode'
                if (@(9003, 9501) -contains $code) { $count = 0 } else { Add-Unread 'records' "${name}: $($_.Exception.Message)"; $silent = $true }
            }
        }
        [ordered]@{ name = $name; count = $count }
    }
}
