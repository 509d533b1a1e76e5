"""All Azure services that a job uses, emulated locally. The app never imports this."""
