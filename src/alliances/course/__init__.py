"""The course's sources: syllabus, contracts, building notebooks and pages, checks."""
