"""Evaluation of the assistant through its public API: suites, metrics, reference pipelines."""
