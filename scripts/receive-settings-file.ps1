# fragments: given lock machine files connect marker staging

# Byte for byte: nothing here opens the file as text.
function Invoke-Script {
    $given = Get-Arguments @('incomingPath', 'path', 'sha256')
    $pinned = $given.sha256.ToLowerInvariant()
    Enter-Lock
    Confirm-ActingAllowed
    $there = Test-Path -LiteralPath $given.path
    if (-not $there -or (Get-LowerHash $given.path) -ne $pinned) {
        if (-not (Test-Path -LiteralPath $given.incomingPath)) { Stop-Script 'nothing-delivered' @{ incoming = $given.incomingPath; path = $given.path } }
        $found = Get-LowerHash $given.incomingPath
        if ($found -ne $pinned) { Stop-Script 'other-hash' @{ incoming = $given.incomingPath; expected = $pinned; found = $found } }
        New-Folder (Split-Path -Path $given.path -Parent)
        # A copy, proven and then renamed: the delivered file stays, so that a lost target can be made again.
        Copy-Item -LiteralPath $given.incomingPath -Destination "$($given.path).new" -Force
        if ((Get-LowerHash "$($given.path).new") -ne $pinned) { Stop-Script 'copy-differs' @{ path = $given.path } }
        Move-WholeFile "$($given.path).new" $given.path
        Add-Change 'settings file put in place'
    }
    $script:answer.path = $given.path
    $script:answer.sha256 = Get-LowerHash $given.path
    $script:answer.bytes = (Get-Item -LiteralPath $given.path).Length
    $script:answer.changes = @($script:changes)
}
