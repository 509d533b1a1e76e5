"""All of Azure that a job touches, on one machine. The app never imports this."""
