# fragments: given lock machine files system connect marker readings masks joining netsetup

$blobPath = "$libraryFolder\incoming\joining.blob"

# As `djoin /savefile` writes it: UTF-16 with its mark, and a zero at the end (domain-join.md 4). The folder is only for
# SYSTEM and Administrators, and the file is gone before anything is answered.
function Invoke-OfflineJoin([string]$Blob) {
    if (-not (Test-Path -LiteralPath "$libraryFolder\incoming")) { Stop-Script 'no-protected-folder' @{ path = "$libraryFolder\incoming" } }
    try {
        Set-Content -LiteralPath $blobPath -Value ($Blob.Trim() + [char]0) -Encoding Unicode -NoNewline
        # It speaks the system's language: only its exit code is believed.
        $null = & djoin.exe /requestODJ /loadfile $blobPath /windowspath C:\Windows /localos
        [int64]$LASTEXITCODE
    } finally {
        if (Test-Path -LiteralPath $blobPath) { Remove-Item -LiteralPath $blobPath -Force }
    }
}

# A credential without a user: the password is the computer account's own (Microsoft's reference of Add-Computer, its
# example of an unsecured join). Nothing of it is on a command line.
function Invoke-PasswordJoin($Given) {
    $password = New-Object -TypeName System.Security.SecureString
    foreach ($letter in ([string]$Given.secret).ToCharArray()) { $password.AppendChar($letter) }
    # The cast takes off PowerShell's wrapping, in which the credential would not know it.
    $parts = New-Object -TypeName PSObject -Property @{ UserName = $null; Password = [System.Security.SecureString]$password }
    $credential = New-Object -TypeName System.Management.Automation.PSCredential -ArgumentList $parts
    $where = @{ DomainName = [string]$Given.domain; Options = @('UnsecuredJoin', 'PasswordPass'); Credential = $credential; Force = $true }
    $controller = [string](Get-PropertyOrNull $Given 'domainController')
    if ($controller) { $where.Server = $controller }
    try { $null = Add-Computer @where } catch { return [string]$_.Exception.Message }
    ''
}

# One of a run that was killed between writing and deleting it, whatever has become of its join.
function Remove-LeftBlob {
    if (-not (Test-Path -LiteralPath $blobPath)) { return }
    Remove-Item -LiteralPath $blobPath -Force
    Add-Change 'the file of a join that was cut off was deleted'
}

# What went wrong, by the number that Windows gave for it, and what to do about that number.
function Stop-Failed($Given, [string]$Code, [string]$Said, $Status) {
    $known = $Code
    if ($null -ne $Status) {
        Add-Note "$netSetupPath says: $(Hide-Join $Status.line $Given.secret)"
        if (-not $known) { $known = $Status.code }
    }
    if ($Said) { Add-Note "Windows says: $(Hide-Join $Said $Given.secret)" }
    Add-JoinCause $known
    if (-not $known) { $known = 'none' }
    Stop-Script 'join-failed' @{ code = $known; domain = $Given.domain; name = $Given.computerName }
}

# Windows takes a name at the next start: where it stands already, a file made for another computer is found out before it.
function Confirm-NextName($Given) {
    $next = [string](Get-RegistryValue 'HKLM:\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName' 'ComputerName')
    if ($next -and $next -ne $Given.computerName) { Stop-Script 'blob-of-another-name' @{ name = $Given.computerName; found = $next } }
}

function Invoke-Join($Given) {
    if (-not $Given.secret) { Stop-Script 'secret-missing' @{ name = $Given.computerName } }
    $before = @(Get-NetSetupLine).Count
    if ($Given.method -eq 'offlineBlob') {
        $code = Invoke-OfflineJoin $Given.secret
        if ($code -ne 0) { Stop-Failed $Given (Format-Code $code) '' (Get-NetSetupStatus $before) }
        Confirm-NextName $Given
    } elseif ($Given.method -eq 'machinePassword') {
        $said = Invoke-PasswordJoin $Given
        if ($said) { Stop-Failed $Given '' $said (Get-NetSetupStatus $before) }
    } else { Stop-Script 'bad-arguments' @{ problem = "'method' is '$($Given.method)'" } }
    Write-WholeFile $joiningPath (ConvertTo-AsciiJson ([ordered]@{
                stagedAt = Format-Instant (Get-Date); bootAt = Get-BootInstant; vmId = Get-MachineId
                domain = [string]$Given.domain; method = [string]$Given.method
            }))
    Add-Change "staged to be a member of $($Given.domain) from the next start on"
}

function Invoke-Script {
    $given = Get-Arguments @('computerName', 'vmId', 'domain', 'method', 'secret')
    Enter-Lock
    $computer = Get-Instance 'Win32_ComputerSystem'
    Confirm-ComputerName $given.computerName
    Confirm-MachineId $given.vmId
    Confirm-NotRetired
    Remove-LeftBlob
    $script:answer.vmId = Get-MachineId
    $script:answer.domain = [string]$given.domain
    if (Test-RestartOwed) {
        $script:answer.outcome = 'restart-owed'
    } elseif ($computer.PartOfDomain) {
        if ($computer.Domain -ne $given.domain) { Stop-Script 'other-domain' @{ domain = $given.domain; found = $computer.Domain } }
        $script:answer.outcome = 'member'
    } else {
        if ($null -ne (Get-ConnectPackage) -or $null -ne (Get-SynchronizationService)) { Stop-Script 'installed-not-member' @{ domain = $given.domain; found = $computer.Domain } }
        Invoke-Join $given
        $script:answer.outcome = 'staged'
    }
    $script:answer.bootAt = Get-BootInstant
    $script:answer.changes = @($script:changes)
}
