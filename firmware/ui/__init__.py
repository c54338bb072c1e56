"""What the patient sees and hears: words, screens, patterns, font."""
