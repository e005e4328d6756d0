# fragments: given lock machine files system connect marker staging

# Table Property of an MSI, read through Windows Installer's own object.
function Get-PackageProperty([string]$Path, [string[]]$Names) {
    $installer = New-Object -ComObject WindowsInstaller.Installer
    $database = $installer.GetType().InvokeMember('OpenDatabase', 'InvokeMethod', $null, $installer, @($Path, 0))
    $values = @{}
    foreach ($name in $Names) {
        $query = "SELECT Value FROM Property WHERE Property = '$name'"
        $view = $database.GetType().InvokeMember('OpenView', 'InvokeMethod', $null, $database, @($query))
        $null = $view.GetType().InvokeMember('Execute', 'InvokeMethod', $null, $view, $null)
        $record = $view.GetType().InvokeMember('Fetch', 'InvokeMethod', $null, $view, $null)
        $values[$name] = ''
        if ($null -ne $record) { $values[$name] = [string]$record.GetType().InvokeMember('StringData', 'GetProperty', $null, $record, @(1)) }
        $null = $view.GetType().InvokeMember('Close', 'InvokeMethod', $null, $view, $null)
    }
    # The installer must not find its file still open in here.
    $record = $null; $view = $null; $database = $null
    [GC]::Collect()
    [GC]::WaitForPendingFinalizers()
    $values
}

# "CN=Microsoft Corporation, O=Microsoft Corporation, L=Redmond": a value may be quoted and hold commas.
function Get-SubjectPart([string]$Subject, [string]$Part) {
    $found = [regex]::Match($Subject, "(?:^|,\s*)$Part=(?:`"([^`"]*)`"|([^,]*))")
    ($found.Groups[1].Value + $found.Groups[2].Value).Trim()
}

# All three, each by itself, before msiexec sees the file.
function Confirm-Package($Given) {
    if (-not (Test-Path -LiteralPath $Given.path)) { Stop-Script 'package-missing' @{ path = $Given.path } }
    $hash = (Get-FileHash -LiteralPath $Given.path -Algorithm SHA256).Hash.ToLowerInvariant()
    if ($hash -ne $Given.sha256.ToLowerInvariant()) {
        Stop-Script 'other-hash' @{ path = $Given.path; expected = $Given.sha256.ToLowerInvariant(); found = $hash }
    }
    $signature = Get-AuthenticodeSignature -LiteralPath $Given.path
    if ([string]$signature.Status -ne 'Valid') { Stop-Script 'signature-not-valid' @{ path = $Given.path; status = [string]$signature.Status } }
    $subject = [string]$signature.SignerCertificate.Subject
    if ((Get-SubjectPart $subject 'CN') -cne $Given.signer -and (Get-SubjectPart $subject 'O') -cne $Given.signer) {
        Stop-Script 'other-signer' @{ path = $Given.path; expected = $Given.signer; found = $subject }
    }
    $property = Get-PackageProperty $Given.path @('ProductVersion', 'ProductCode')
    if ($property.ProductVersion -ne $Given.productVersion) {
        Stop-Script 'other-version' @{ path = $Given.path; expected = $Given.productVersion; found = $property.ProductVersion }
    }
    $property
}

# 1618 = another installation is running: Windows itself installs things in its first minutes.
function Invoke-Installer([string]$Path) {
    $log = "$libraryFolder\package\install.log"
    $words = @('/i', "`"$Path`"", '/qn', '/norestart', '/l*v', "`"$log`"")
    for ($attempt = 1; $attempt -le 10; $attempt++) {
        # Not -Wait: that would also wait for whatever the package starts. Reading Handle keeps the exit code readable.
        $process = Start-Process -FilePath C:\Windows\System32\msiexec.exe -ArgumentList $words -PassThru
        $null = $process.Handle
        $process.WaitForExit()
        if ($process.ExitCode -ne 1618) { break }
        Start-Sleep -Seconds 30
    }
    if (@(0, 3010, 1641) -notcontains $process.ExitCode) { Stop-Script 'installer-failed' @{ code = $process.ExitCode; log = $log } }
    $process.ExitCode
}

# A silent installation should not start the wizard. Where it does, nobody can see it here, and it would block the gate.
function Close-StrayWizard {
    $stray = @(Get-WizardProcess)
    if ($stray.Count -eq 0) { return }
    foreach ($process in $stray) { Stop-Process -Id $process.Id -Force }
    Add-Change 'wizard that the installer started was closed'
    if (@(Get-WizardProcess).Count -gt 0) { Stop-Script 'wizard-open' }
}

function Invoke-Script {
    $given = Get-Arguments @('path', 'sha256', 'signer', 'productVersion')
    Enter-Lock
    Confirm-ActingAllowed
    $installed = Get-ConnectPackage
    $location = [string](Get-PropertyOrNull $given 'installLocation')
    $wizard = Get-WizardPath $location
    $exitCode = 0
    $script:answer.sha256 = $null
    if ($null -eq $installed -or $installed.DisplayVersion -ne $given.productVersion -or -not $wizard) {
        if ($null -ne $installed -and ([version]$installed.DisplayVersion) -gt ([version]$given.productVersion)) {
            Stop-Script 'newer-installed' @{ expected = $given.productVersion; found = $installed.DisplayVersion }
        }
        if (@(Get-WizardProcess).Count -gt 0) { Stop-Script 'wizard-open' }
        $null = Confirm-Package $given
        $script:answer.sha256 = $given.sha256.ToLowerInvariant()
        $exitCode = Invoke-Installer $given.path
        Add-Change "Entra Connect $($given.productVersion) installed"
        Close-StrayWizard
        $installed = Get-ConnectPackage
        $wizard = Get-WizardPath $location
        if ($null -eq $installed -or $installed.DisplayVersion -ne $given.productVersion -or -not $wizard) { Stop-Script 'not-there-afterwards' @{ expected = $given.productVersion } }
    }
    $script:answer.productVersion = $installed.DisplayVersion
    $script:answer.productCode = $installed.ProductCode
    $script:answer.wizardPath = $wizard
    # The exit code is this run's alone; what Windows itself remembers is there for every later run.
    $script:answer.rebootRequired = @(3010, 1641) -contains $exitCode -or [bool](Test-PendingRestart)
    $script:answer.changes = @($script:changes)
}
