"""Who does what when: drawn from the seed alone, before anything is rendered."""
