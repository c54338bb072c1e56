"""What a filling session says, a file per language.  Same keys in all; {} marks what is put in (refill/speech.py)."""
