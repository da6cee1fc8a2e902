"""From frame curves to intervals with a label."""
