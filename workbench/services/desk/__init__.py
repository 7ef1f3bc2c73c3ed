"""What an assessor finds his work by: my desk, queue, search, drafts, saved views."""
