function Save-Archive([string]$Target) {
    Add-Type -AssemblyName System.IO.Compression
    Add-Type -AssemblyName System.IO.Compression.FileSystem
    $stream = [IO.File]::Open($Target, [IO.FileMode]::CreateNew)
    try {
        $archive = New-Object -TypeName System.IO.Compression.ZipArchive -ArgumentList $stream, ([IO.Compression.ZipArchiveMode]::Create), $true
        try {
            # By hand: CreateFromDirectory of the .NET Framework can write names with backslashes.
            foreach ($path in @(Get-WorkingFile)) {
                $null = [IO.Compression.ZipFileExtensions]::CreateEntryFromFile($archive, (Join-Path $script:working $path), $path)
            }
        } finally { $archive.Dispose() }
        # A crash of Windows leaves what was not on the disk full of zeros.
        $stream.Flush($true)
    } finally { $stream.Dispose() }
}
