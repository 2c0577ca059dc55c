"""Teaching vision-language models to look and act, many decisions at once, on an accelerator (docs/training.md)."""
