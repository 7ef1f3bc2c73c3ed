"""The rules that question a claim, one module a family; ``workbench.rules.rulebook`` lists them."""
