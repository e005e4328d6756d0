function Invoke-Icacls([string[]]$Words) {
    $null = & icacls.exe $Words
    if ($LASTEXITCODE -ne 0) { Stop-Script 'access-control' @{ path = $Words[0]; code = $LASTEXITCODE } }
}

# Administrators and SYSTEM by SID: the names differ on other languages. No inheritance from ProgramData, where every
# user may create. Owner first, and everything reset: a user may have planted the folder before us, and an entry of his
# own would outlive both the end of inheritance and our grant.
function Protect-Folder([string]$Path) {
    Invoke-Icacls @($Path, '/setowner', '*S-1-5-32-544', '/T', '/C', '/Q')
    Invoke-Icacls @($Path, '/reset', '/Q')
    Invoke-Icacls @($Path, '/inheritance:r', '/grant:r', '*S-1-5-32-544:(OI)(CI)F', '*S-1-5-18:(OI)(CI)F', '/Q')
    Invoke-Icacls @("$Path\*", '/reset', '/T', '/C', '/Q')
}
