# Windows has one registry for all processes; the host's store is one a process and reads its file when it is made. So its insides
# are exchanged: where a script begins, and where it has waited for another one that wrote.
function Reset-Registry {
    $assembly = @([AppDomain]::CurrentDomain.GetAssemblies() | Microsoft.PowerShell.Core\Where-Object { $_.GetName().Name -eq 'PwshTestHost.TestRegistry' })
    if ($assembly.Count -eq 0) { return }
    $type = $assembly[0].GetType('PwshTestHost.Registry.RegistryStore', $true)
    $store = $type.GetField('Instance', [Reflection.BindingFlags]'Static, NonPublic, Public').GetValue($null)
    $fresh = [Activator]::CreateInstance($type, $true)
    foreach ($name in '_file', '_keys') {
        $field = $type.GetField($name, [Reflection.BindingFlags]'Instance, NonPublic, Public')
        $field.SetValue($store, $field.GetValue($fresh))
    }
}
