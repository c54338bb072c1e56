"""dosevakt plan: write a load plan away from the centre, check it, sign it, see it as a picture."""
