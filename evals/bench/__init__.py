"""The speed of the whole product, beside the plain pipeline, the bare encoder and exact search. ``python -m evals.bench`` measures and prints one table.

Enter a home with an index; leave `results.json` in a working folder (so that a run that was stopped goes on where it was) and the tables, the acceptance and
the plot of `docs/speed.md`. What is compared is measured in turns, in one process or in turns of processes, so that other work on the machine disturbs both.
"""
