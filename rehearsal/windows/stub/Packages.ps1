# Installers: a stand-in is a text file whose first line is REHEARSAL-MSI and JSON. Part of Windows.psm1.

$script:uninstall = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall'
$script:wizardFile = 'C:\Program Files\Microsoft Azure Active Directory Connect\AzureADConnect.exe'

function Read-StandIn([string]$WindowsPath) {
    $line = @(Microsoft.PowerShell.Management\Get-Content -LiteralPath (ConvertTo-Path $WindowsPath) -TotalCount 1)[0]
    if (-not ([string]$line).StartsWith('REHEARSAL-MSI ')) { return $null }
    ConvertFrom-Json -InputObject $line.Substring(14)
}

function Get-AuthenticodeSignature {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$LiteralPath)
    $package = Read-StandIn $LiteralPath
    if ($null -eq $package) { return [pscustomobject]@{ Status = 'NotSigned'; SignerCertificate = $null } }
    [pscustomobject]@{ Status = $package.signatureStatus; SignerCertificate = [pscustomobject]@{ Subject = $package.signer } }
}

function Install-StandIn([string[]]$Words) {
    $line = $Words -join ' '
    $found = [regex]::Match($line, '^/i "([^"]+)" /qn /norestart /l\*v "([^"]+)"$')
    if (-not $found.Success) { return 1639 }
    $planned = Edit-World { param($world)
        $codes = @(Get-Entry $world.peculiarities 'msiexecExitCodes') | Where-Object { $null -ne $_ }
        if (@($codes).Count -eq 0) { return 0 }
        $world.peculiarities.msiexecExitCodes = @(@($codes) | Select-Object -Skip 1)
        @($codes)[0]
    }
    $package = Read-StandIn $found.Groups[1].Value
    if ($null -eq $package) { return 1620 }
    $elsewhere = Get-Entry (Read-World).peculiarities 'installLocation'
    if ($elsewhere) { $script:wizardFile = "$elsewhere\Wizard\AzureADConnect.exe" }
    Microsoft.PowerShell.Management\Set-Content -LiteralPath (ConvertTo-Path $found.Groups[2].Value) -Value "MSI (s): rehearsal, exit code $planned"
    if (@(0, 3010, 1641) -notcontains $planned) { return $planned }
    Edit-World { param($world)
        $entry = [pscustomobject]@{
            displayName = 'Microsoft Entra Connect Sync'; displayVersion = $package.productVersion
            productCode = $package.productCode; upgradeCode = $package.upgradeCode
        }
        foreach ($old in @($world.packages | Where-Object { $_.upgradeCode -eq $package.upgradeCode })) {
            Remove-Item -LiteralPath "$uninstall\$($old.productCode)" -ErrorAction SilentlyContinue
        }
        $world.packages = @($world.packages | Where-Object { $_.upgradeCode -ne $package.upgradeCode }) + @($entry)
        Set-Entry $world.fileVersions $wizardFile $package.productVersion
        $world.wizard.state = 'waiting'
        if (Get-Entry $world.peculiarities 'installerStartsWizard') {
            $world.processes = @($world.processes) + @([pscustomobject]@{ name = 'AzureADConnect'; path = $wizardFile; id = 6000 })
            $world.wizard.state = 'open'
        }
    }
    $null = New-Item -Path "$uninstall\$($package.productCode)" -Force
    $null = New-ItemProperty -Path "$uninstall\$($package.productCode)" -Name DisplayName -Value 'Microsoft Entra Connect Sync'
    $null = New-ItemProperty -Path "$uninstall\$($package.productCode)" -Name DisplayVersion -Value $package.productVersion
    $null = New-Item -Path 'HKLM:\SOFTWARE\Microsoft\Azure AD Connect' -Force
    $null = New-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\Azure AD Connect' -Name WizardPath -Value $wizardFile
    if (@(3010, 1641) -contains $planned) {
        $session = 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager'
        if (-not (Test-Path -LiteralPath $session)) { $null = New-Item -Path $session -Force }
        $null = New-ItemProperty -Path $session -Name PendingFileRenameOperations -Value '\??\C:\Config.Msi\1.rbf' -Force
    }
    $file = ConvertTo-Path $wizardFile
    $null = New-Item -ItemType Directory -Path (Split-Path -Path $file -Parent) -Force
    Microsoft.PowerShell.Management\Set-Content -LiteralPath $file -Value 'stands in for the wizard'
    $planned
}

# COM objects answer only to InvokeMember, as they do in Windows PowerShell. A member gets the arguments and the object's data.
function New-ComStandIn([hashtable]$Members, $Data) {
    $standIn = [pscustomobject]@{ Members = $Members; Data = $Data }
    Microsoft.PowerShell.Utility\Add-Member -InputObject $standIn -MemberType ScriptMethod -Name GetType -Force -Value {
        $type = [pscustomobject]@{}
        Microsoft.PowerShell.Utility\Add-Member -InputObject $type -MemberType ScriptMethod -Name InvokeMember -PassThru -Value {
            param($name, $kind, $binder, $target, $arguments)
            $member = $target.Members["$name|$kind"]
            if ($null -eq $member) { throw "Unknown name. (Exception from HRESULT: 0x80020006) $name $kind" }
            & $member $arguments $target.Data
        }
    }
    $standIn
}

$script:recordMembers = @{ 'StringData|GetProperty' = { param($given, $value) $value } }

$script:viewMembers = @{
    'Execute|InvokeMethod' = { }
    'Fetch|InvokeMethod'   = { param($given, $value) if ($value) { New-ComStandIn $recordMembers $value } }
    'Close|InvokeMethod'   = { }
}

$script:databaseMembers = @{
    'OpenView|InvokeMethod' = {
        param($given, $package)
        $name = [regex]::Match($given[0], "^SELECT Value FROM Property WHERE Property = '(\w+)'$").Groups[1].Value
        if (-not $name) { throw "the simulated installer does not know the query $($given[0])" }
        New-ComStandIn $viewMembers (Get-Entry $package $name)
    }
}

$script:installerMembers = @{
    'OpenDatabase|InvokeMethod' = {
        param($given)
        $package = Read-StandIn $given[0]
        if ($null -eq $package) { throw 'This installation package could not be opened. (0x80004005)' }
        New-ComStandIn $databaseMembers $package
    }
}

# A held lock is a file with the holder's process id; a dead holder's lock is abandoned, as a mutex would be.
function New-LockStandIn([string]$Name) {
    $file = "$env:REHEARSAL_SERVER/" + ($Name -replace '[^A-Za-z0-9-]', '_') + '.mutex'
    $lock = [pscustomobject]@{ File = $file }
    Microsoft.PowerShell.Utility\Add-Member -InputObject $lock -MemberType ScriptMethod -Name WaitOne -Value {
        param($milliseconds)
        $scale = (Read-World).clock.scale
        $until = [datetime]::UtcNow.AddMilliseconds([math]::Max(300, $milliseconds / $scale))
        while ($true) {
            try {
                $stream = [IO.File]::Open($this.File, 'CreateNew')
                $bytes = [Text.Encoding]::ASCII.GetBytes([string]$PID)
                $stream.Write($bytes, 0, $bytes.Length)
                $stream.Dispose()
                # Whoever held it may have written meanwhile.
                Reset-Registry
                return $true
            } catch [IO.IOException] {
                $holder = 0
                $written = [int]::TryParse([string](Microsoft.PowerShell.Management\Get-Content -LiteralPath $this.File -Raw -ErrorAction SilentlyContinue), [ref]$holder)
                if ($written -and -not (Test-Path -LiteralPath "/proc/$holder")) {
                    Microsoft.PowerShell.Management\Remove-Item -LiteralPath $this.File -Force -ErrorAction SilentlyContinue
                }
            }
            if ([datetime]::UtcNow -gt $until) { return $false }
            [System.Threading.Thread]::Sleep(20)
        }
    }
    Microsoft.PowerShell.Utility\Add-Member -InputObject $lock -MemberType ScriptMethod -Name ReleaseMutex -Value {
        Microsoft.PowerShell.Management\Remove-Item -LiteralPath $this.File -Force
    }
    $lock
}

# Replace as .NET Framework has it: the target must be there, and only NullString means that no backup is kept.
function New-FileStandIn([string]$WindowsPath) {
    $file = [pscustomobject]@{ Path = $WindowsPath }
    Microsoft.PowerShell.Utility\Add-Member -InputObject $file -MemberType ScriptMethod -Name Replace -PassThru -Value {
        param($target, $backup, $ignoreErrors)
        if ($backup -isnot [NullString]) { throw 'The path is not of a legal form.' }
        foreach ($path in @($this.Path, $target)) { if (-not (Test-Path -LiteralPath (ConvertTo-Path $path))) { throw "Unable to find the specified file: $path" } }
        Microsoft.PowerShell.Management\Move-Item -LiteralPath (ConvertTo-Path $this.Path) -Destination (ConvertTo-Path $target) -Force
    }
}

function New-Object {
    [CmdletBinding()]
    param([Parameter(Position = 0)][string]$TypeName, [Parameter(Position = 1)][object[]]$ArgumentList = @(), [string]$ComObject, [System.Collections.IDictionary]$Property)
    if ($ComObject -eq 'WindowsInstaller.Installer') { return New-ComStandIn $installerMembers $null }
    switch ($TypeName) {
        'System.Threading.Mutex' { return New-LockStandIn ([string]$ArgumentList[1]) }
        'System.Net.Sockets.TcpClient' { return New-ConnectionStandIn }
        'System.IO.FileStream' {
            if (@(Get-Entry (Read-World).peculiarities 'lockedFiles') -contains [string]$ArgumentList[0]) {
                throw "The process cannot access the file '$($ArgumentList[0])' because it is being used by another process."
            }
            return Microsoft.PowerShell.Utility\New-Object -TypeName System.IO.FileStream -ArgumentList (@(ConvertTo-Path ([string]$ArgumentList[0])) + @($ArgumentList | Select-Object -Skip 1))
        }
        'System.Net.Sockets.UdpClient' { return New-DatagramStandIn }
        'System.Net.Security.SslStream' { return New-HandshakeStandIn $ArgumentList }
        # Of a path as the .NET Framework sees it the genuine one.
        'System.IO.FileInfo' {
            if ([string]$ArgumentList[0] -notmatch '^[Cc]:') { return [System.IO.FileInfo]::new([string]$ArgumentList[0]) }
            return New-FileStandIn ([string]$ArgumentList[0])
        }
        'System.Net.Http.HttpRequestMessage' { return New-RequestStandIn $ArgumentList }
        # Nothing of Windows: it answers here as there.
        'System.Net.Http.HttpClientHandler' { return [System.Net.Http.HttpClientHandler]::new() }
        'System.Net.Http.HttpClient' { return [System.Net.Http.HttpClient]::new($ArgumentList[0]) }
        'System.Net.Http.ByteArrayContent' { return [System.Net.Http.ByteArrayContent]::new([byte[]]$ArgumentList[0]) }
        'System.IO.MemoryStream' {
            if (@($ArgumentList).Count -eq 0) { return [System.IO.MemoryStream]::new() }
            return [System.IO.MemoryStream]::new([byte[]]$ArgumentList[0])
        }
        'System.IO.Compression.ZipArchive' { return [System.IO.Compression.ZipArchive]::new($ArgumentList[0], $ArgumentList[1], $ArgumentList[2]) }
        'System.Xml.XmlDocument' { return [System.Xml.XmlDocument]::new() }
        'System.Management.Automation.PSCredential' { return Microsoft.PowerShell.Utility\New-Object -TypeName $TypeName -ArgumentList $ArgumentList }
        'System.Security.SecureString' { return [securestring]::new() }
        'PSObject' { return [pscustomobject]$Property }
    }
    throw "the simulated machine makes no object of type '$TypeName$ComObject'"
}
