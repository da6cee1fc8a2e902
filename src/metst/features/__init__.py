"""What systems read instead of frames: optical flow of facial regions, kept per video."""
