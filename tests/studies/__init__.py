"""Studies: many programs or certificates, counted; `--write` puts their tables into docs/."""
