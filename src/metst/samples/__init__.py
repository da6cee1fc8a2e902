"""From features and annotations to what a system is trained on."""
