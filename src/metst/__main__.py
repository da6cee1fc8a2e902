"""`python -m metst VERB`."""

from metst.cli import main

raise SystemExit(main())
