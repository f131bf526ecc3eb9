"""The door of the home: a Unix socket through which the owner's other programs reach the running system.

messages.py    what is said: JSON, a message a line
server.py      the system's side
client.py      the other side: finding the socket, sending, receiving
dialogue.py    ``vm370 attach`` at a terminal
"""
