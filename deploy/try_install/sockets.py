"""Which sockets of a process wait for somebody: read from /proc, where the kernel tells it.  Pure."""

from collections.abc import Iterable, Mapping

LISTENING = "0A"  # TCP_LISTEN, include/net/tcp_states.h
# UDP and raw sockets know no listening: each that is there can be sent to.
TABLES = {"tcp": True, "tcp6": True, "udp": False, "udp6": False, "raw": False, "raw6": False}


def waiting_inodes(tables: Mapping[str, str]) -> set[str]:
    """Inodes of the sockets that anybody on the network can reach.  tables: name of TABLES to its text in /proc/net."""
    found = set()
    for name, text in tables.items():
        for row in text.splitlines()[1:]:
            words = row.split()  # proc(5): the fourth is the state, the tenth the inode
            if not TABLES[name] or words[3] == LISTENING:
                found.add(words[9])
    return found


def socket_inodes(links: Iterable[str]) -> set[str]:
    """Inodes of the sockets among what the links in /proc/PID/fd point to."""
    return {link.removeprefix("socket:[").removesuffix("]") for link in links if link.startswith("socket:[")}
