# On a server that this library did not set up there is no record of it.
function Get-RecordedEngineFile { '' }
