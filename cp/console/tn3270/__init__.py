"""3270 terminals and typewriters on a network: telnet, TN3270, TN3270E and NVT, as machines without sockets.

telnet.py      RFC 854, 855, 1143: bytes to events, options, subnegotiations
protocol.py    which kind of terminal the client is, and its records: RFC 1576, 2355, lines of an NVT
records.py     what TN3270E says in bytes: headers, codes, the BIND image
station.py     such a terminal at CP: a session behind one connection

``cp/console/doors.py`` has the sockets.
"""
