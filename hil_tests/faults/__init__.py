"""The fault matrix: each fault of the way from dispenser to centre, in seeded runs, judged by an auditor.

`python -m hil_tests.faults` runs it in full; the tests of this folder run the same rows in a short form.
"""
