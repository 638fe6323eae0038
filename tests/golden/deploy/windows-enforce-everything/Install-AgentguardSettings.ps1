# agentguard for Acme, phase enforce: configuration, anchor, sync, managed settings
# Run as SYSTEM or as an administrator, in 64-bit PowerShell. Safe to run again.
# Intune: "Run this script using the logged on credentials": No; "Run script in 64 bit PowerShell Host": Yes.
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest
if (-not [Environment]::Is64BitProcess) { throw 'run this in 64-bit PowerShell' }

function Close-Folder([string] $Path) {
    # SYSTEM and administrators may change it, everybody may read it
    New-Item -ItemType Directory -Force -Path $Path | Out-Null
    $rights = '*S-1-5-18:(OI)(CI)F', '*S-1-5-32-544:(OI)(CI)F', '*S-1-5-32-545:(OI)(CI)RX'
    & icacls.exe $Path /inheritance:r /grant:r $rights | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "icacls could not close $Path" }
}

function Write-Whole([string] $Path, [string] $Text) {
    # beside, then in place: nobody reads half of it. This script may have been given CRLF; the file is to have LF.
    $new = "$Path.new"
    $lines = $Text.Replace("`r`n", "`n")
    [System.IO.File]::WriteAllText($new, $lines, (New-Object System.Text.UTF8Encoding($false)))
    if (Test-Path -LiteralPath $Path) { [System.IO.File]::Replace($new, $Path, [NullString]::Value) }
    else { [System.IO.File]::Move($new, $Path) }
}

Close-Folder 'C:\ProgramData\agentguard'

Close-Folder 'C:\Program Files\ClaudeCode'

Write-Whole 'C:\ProgramData\agentguard\agentguard.toml' @'
# agentguard's configuration on this device.

# Where the bundle is published: an https URL, or a folder.
sync_url = "https://policy.acme.example/bundle"

# Where records go; empty: where the signed bundle says.
collector_url = "https://audit.acme.example"

# observe: only record what would have happened (managed installs only).
stage = "enforce"

'@

Write-Whole 'C:\ProgramData\agentguard\root.json' @'
{"signatures":[{"keyid":"cf07a8236571091b17fa514398b14fc880d8810d9116a344ffc411915e7e015e","sig":"8f6e59420599dc28974f1847166ae73346cf252af1dd32aa4ec7ac54ead6f03fc6ea984d059cd195b24a080e5fd892658b85d778192b8c1c3c4d8c0ea711f107"}],"signed":{"_type":"root","consistent_snapshot":true,"expires":"2028-11-25T11:44:59Z","keys":{"cf07a8236571091b17fa514398b14fc880d8810d9116a344ffc411915e7e015e":{"keytype":"ed25519","keyval":{"public":"65d7c4e78b0fc5bd60a4dd8e465aa796ffd8f6e7fe41f513a5385d8b4cf1cb63"},"scheme":"ed25519"}},"org":"acme","roles":{"root":{"keyids":["cf07a8236571091b17fa514398b14fc880d8810d9116a344ffc411915e7e015e"],"threshold":1},"snapshot":{"keyids":["cf07a8236571091b17fa514398b14fc880d8810d9116a344ffc411915e7e015e"],"threshold":1},"targets":{"keyids":["cf07a8236571091b17fa514398b14fc880d8810d9116a344ffc411915e7e015e"],"threshold":1},"timestamp":{"keyids":["cf07a8236571091b17fa514398b14fc880d8810d9116a344ffc411915e7e015e"],"threshold":1}},"spec_version":"1.0.31","version":1}}
'@

Register-ScheduledTask -Force -TaskName 'agentguard sync' -Xml @'
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Author>Acme</Author>
    <Description>Fetches the newest agentguard policy and uploads records.</Description>
  </RegistrationInfo>
  <Triggers>
    <BootTrigger>
      <Enabled>true</Enabled>
      <Delay>PT2M</Delay>
    </BootTrigger>
    <TimeTrigger>
      <Enabled>true</Enabled>
      <StartBoundary>2026-01-01T00:00:00</StartBoundary>
      <Repetition>
        <Interval>PT3M</Interval>
        <StopAtDurationEnd>false</StopAtDurationEnd>
      </Repetition>
    </TimeTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>S-1-5-18</UserId>
      <RunLevel>HighestAvailable</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <Enabled>true</Enabled>
    <Hidden>false</Hidden>
    <ExecutionTimeLimit>PT15M</ExecutionTimeLimit>
    <Priority>7</Priority>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>C:\Program Files\agentguard\bin\python.exe</Command>
      <Arguments>-I -S "C:\Program Files\agentguard\cli.py" sync --background</Arguments>
    </Exec>
  </Actions>
</Task>

'@ | Out-Null

& 'C:\Program Files\agentguard\bin\python.exe' '-I' '-S' 'C:\Program Files\agentguard\cli.py' 'sync'

& 'C:\Program Files\agentguard\bin\python.exe' '-I' '-S' 'C:\Program Files\agentguard\cli.py' 'status'
if ($LASTEXITCODE -ne 0) { throw 'status failed' }

Write-Whole 'C:\Program Files\ClaudeCode\managed-settings.json' @'
{
  "requiredMinimumVersion": "2.1.295",
  "allowManagedHooksOnly": true,
  "disableSkillShellExecution": true,
  "permissions": {
    "disableBypassPermissionsMode": "disable"
  },
  "disableSideloadFlags": true,
  "env": {
    "CLAUDE_CODE_SHELL_PREFIX": "",
    "LD_PRELOAD": "",
    "LD_AUDIT": "",
    "OPENSSL_CONF": "NUL",
    "LD_LIBRARY_PATH": ""
  },
  "hooks": {
    "PreToolUse": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "onFailure": "block"
          }
        ]
      }
    ],
    "UserPromptSubmit": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10
          }
        ]
      }
    ],
    "UserPromptExpansion": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10
          }
        ]
      }
    ],
    "SessionStart": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10
          }
        ]
      }
    ],
    "PostToolUse": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "PostToolUseFailure": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "PermissionRequest": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "PermissionDenied": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "ConfigChange": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "SessionEnd": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10
          }
        ]
      }
    ],
    "PostToolBatch": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "Stop": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "StopFailure": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "SubagentStart": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "SubagentStop": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "TaskCreated": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "TaskCompleted": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "TeammateIdle": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "PreCompact": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "PostCompact": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "PreModelSwitch": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "PostModelSwitch": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "Setup": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "Notification": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "Elicitation": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "ElicitationResult": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "InstructionsLoaded": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "CwdChanged": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ],
    "DirectoryAdded": [
      {
        "matcher": "*",
        "hooks": [
          {
            "type": "command",
            "command": "C:\\Program Files\\agentguard\\bin\\python.exe",
            "args": [
              "-I",
              "-S",
              "C:\\Program Files\\agentguard\\hook.py"
            ],
            "timeout": 10,
            "async": true
          }
        ]
      }
    ]
  }
}

'@
