$argumentsText = [Console]::In.ReadToEnd()
