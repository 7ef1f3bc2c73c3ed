"""Programs beside the product: measuring and soaking."""
