"""Images of claims and plans: upload, copies, comparison, frames, look-alikes."""
