# What others wrote (a log, the words of an error) leaves the server without secrets and account names: the state and the
# output of a run keep it. fragments/trace.masks.json, one after the other.
function Hide-Secret([string]$Text) {
    foreach ($mask in @($masks)) { $Text = [regex]::Replace($Text, $mask.pattern, $mask.by, 'IgnoreCase') }
    $Text
}
