"""The triggers of the app: what the host must know to index it, and nothing else.

The host loads these before anything happens; the code behind a trigger is imported when it is first
called. So a door imports the Functions SDKs alone, and each function imports its own in its body.
"""
