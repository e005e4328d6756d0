function New-Folder([string]$Path) {
    if (-not (Test-Path -LiteralPath $Path)) { $null = New-Item -ItemType Directory -Path $Path -Force }
}

# The old file or the whole new one, never a part of it.
function Write-WholeFile([string]$Path, [string]$Text, [string]$Encoding = 'ascii') {
    Set-Content -LiteralPath "$Path.new" -Value $Text -Encoding $Encoding -NoNewline
    Move-Item -LiteralPath "$Path.new" -Destination $Path -Force
}
