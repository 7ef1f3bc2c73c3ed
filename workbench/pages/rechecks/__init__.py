"""Second assessments: the list, the case assessed blind, and both decisions side by side."""
