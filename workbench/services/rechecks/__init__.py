"""Second assessments and the agreement between two assessors."""
