# The task that archives this server's configuration, as Windows' task scheduler knows it.
$task = @{ TaskPath = '\pulumi-entra-connect\'; TaskName = 'archive-configuration' }

function Get-ArchiveTask { Get-ScheduledTask @task -ErrorAction SilentlyContinue }

function Remove-ArchiveTask {
    if ($null -eq (Get-ArchiveTask)) { return }
    Unregister-ScheduledTask @task -Confirm:$false
    Add-Change 'scheduled task removed'
}
