"""The rows of the table of diagnoses, by theme. `shared.domain.diagnosis.diagnosis` reads them."""
