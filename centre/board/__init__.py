"""The alarm board in the browser, and the same doors as JSON."""
