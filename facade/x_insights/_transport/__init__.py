"""The transport: one batch in, one page or one error out."""
