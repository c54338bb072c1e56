"""What this machine needs so that whoever sits at it may use a dispenser's port."""
