# Installs the station on a Windows 10 or newer office PC from a folder of wheels (no network needed).
# Written and linted, not tried on a real office PC: see the README's limits.
param(
    [Parameter(Mandatory = $true)][string] $Wheels,
    [Parameter(Mandatory = $true)][string] $JoinFile,
    [string] $Target = "$env:ProgramFiles\Loket",
    [string] $LoketHome = "$env:ProgramData\Loket",
    [string] $Printer = "",
    # For a broker at mqtts: who signed its certificate, and the station's own certificate with its key.
    [string] $Ca = "",
    [string] $Cert = "",
    [string] $Key = ""
)
$ErrorActionPreference = "Stop"
python -m venv $Target
& "$Target\Scripts\python.exe" -m pip install --no-index --find-links $Wheels --require-hashes -r "$PSScriptRoot\..\lock\station.txt"
& "$Target\Scripts\python.exe" -m pip install --no-index --find-links $Wheels --no-deps loket
$arguments = @("init", "--home", $LoketHome, "--join", $JoinFile)
if ($Printer) { $arguments += @("--printer", $Printer) }
if ($Ca) { $arguments += @("--ca", $Ca) }
if ($Cert) { $arguments += @("--cert", $Cert, "--key", $Key) }
& "$Target\Scripts\loket.exe" @arguments
# Only the service's account and administrators may read the keys and the journal.
icacls $LoketHome /inheritance:r /grant "SYSTEM:(OI)(CI)F" "Administrators:(OI)(CI)F" | Out-Null
$action = New-ScheduledTaskAction -Execute "$Target\Scripts\loket.exe" -Argument "run --home `"$LoketHome`""
$trigger = New-ScheduledTaskTrigger -AtStartup
$settings = New-ScheduledTaskSettingsSet -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) -ExecutionTimeLimit 0
Register-ScheduledTask -TaskName "Loket" -Action $action -Trigger $trigger -Settings $settings -User "SYSTEM" -RunLevel Highest -Force | Out-Null
