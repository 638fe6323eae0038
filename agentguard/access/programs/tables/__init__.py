"""What programs do, one family a module. The notation stands in `agentguard.access.programs.table`."""
