"""The ways in: the command line and the chat; both render the same `Answer` value."""
