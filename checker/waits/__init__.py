"""Who waits for whom, who can never move again, and why (the semantics: `docs/semantics.md`)."""
