$script:warnings = @()
$script:notAvailable = @()
$script:scrubbed = @()
$script:collected = 0
$script:connectors = @()
$script:refusal = $null

function Add-Warning([string]$Text) { $script:warnings += ($Text -replace '[\r\n]+', ' ') }

function Add-NotAvailable([string]$Name, [string]$Reason) {
    $script:notAvailable += [ordered]@{ name = $Name; reason = ($Reason -replace '[\r\n]+', ' ') }
}

function Stop-Collecting([int]$Code, [string]$What, [string]$Why, [string]$Next) {
    $script:refusal = @{ Code = $Code; Lines = @("What: $What", "Why: $Why", "Next: $Next") }
    throw 'refused'
}

function Get-Text($Object, [string]$Name) {
    $property = $Object.PSObject.Properties[$Name]
    if ($null -eq $property -or $null -eq $property.Value) { $null } else { [string]$property.Value }
}

function Write-Evidence([string]$Path, $Value) {
    $file = Join-Path $script:working $Path
    $null = New-Item -ItemType Directory -Path (Split-Path -Parent $file) -Force
    [IO.File]::WriteAllText($file, (ConvertTo-AsciiJson $Value), [Text.Encoding]::ASCII)
}

function Get-Size([string]$Path) { (New-Object -TypeName System.IO.FileInfo -ArgumentList $Path).Length }

# Ordinal order: the same on every server, whatever its language.
function Get-WorkingFile {
    $root = $script:working.Length + 1
    $paths = [string[]]@([IO.Directory]::GetFiles($script:working, '*', [IO.SearchOption]::AllDirectories) | ForEach-Object { $_.Substring($root).Replace('\', '/') })
    [Array]::Sort($paths, [StringComparer]::Ordinal)
    $paths
}

# The names are its own: the block sees them before those of its caller.
function Invoke-Step([string]$StepName, [string]$StepFile, [scriptblock]$StepRead) {
    try {
        $stepValue = & $StepRead
        if ($StepFile) { Write-Evidence $StepFile $stepValue }
        $script:collected++
    } catch {
        Add-NotAvailable $StepName ([string]$_.Exception.Message)
        Add-Warning "$StepName could not be collected: $($_.Exception.Message)"
    }
}

# A cmdlet that is not there, or that would ask for something we do not know, is not called.
function Confirm-Callable([string]$Cmdlet, [string[]]$Given) {
    $command = Get-Command -Name $Cmdlet -Module ADSync -ErrorAction SilentlyContinue
    if ($null -eq $command) { throw "this build of the ADSync module has no $Cmdlet" }
    foreach ($parameter in @($command.Parameters.Values)) {
        if ($Given -contains $parameter.Name) { continue }
        foreach ($attribute in @($parameter.Attributes)) {
            $asks = $attribute -is [Management.Automation.ParameterAttribute] -and $attribute.Mandatory
            if ($asks) { throw "$Cmdlet asks for the parameter $($parameter.Name), whose meaning is not documented" }
        }
    }
    foreach ($name in $Given) { if (-not $command.Parameters.ContainsKey($name)) { throw "$Cmdlet has no parameter $name" } }
}
